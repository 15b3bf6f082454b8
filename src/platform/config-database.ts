import { Type } from "@sinclair/typebox";
import { Secret } from "./config-secret.ts";

const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });
const address = { pattern: "^postgres(ql)?://" };
const ca = (whose: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      description: `Whose server ${whose} must be: a CA's certificate, as PEM or the path of a file; implies TLS`,
    }),
  );

/** The connections to PostgreSQL. Part of the environment of every process. */
export const databaseEnvironment = {
  DATABASE_URL: Type.String({
    ...address,
    description: "PostgreSQL 17, as the app's role, which owns nothing (secret)",
  }),
  DATABASE_CA: ca("it"),
  DATABASE_REPORT_URL: Type.Optional(
    Type.String({
      ...address,
      description: "A replica that reports read while it has all that the primary had (secret)",
    }),
  ),
  DATABASE_REPORT_CA: ca("the replica"),
  DATABASE_POOL_MAX: integer("Connections for sales and everyday requests", 8, 1, 200),
  DATABASE_REPORT_POOL_MAX: integer("Connections for reports and verify", 2, 1, 50),
  DATABASE_LOOKUP_POOL_MAX: integer("Connections that look-ups share; 0: the pool's own", 2, 0, 10),
  DATABASE_CONNECT_TIMEOUT_MS: integer("Longest wait for a connection", 3_000, 100, 60_000),
  DATABASE_STATEMENT_TIMEOUT_MS: integer("Longest statement", 10_000, 100, 600_000),
  DATABASE_REPORT_TIMEOUT_MS: integer("Longest statement of reports", 60_000, 100, 3_600_000),
  DATABASE_LOCK_TIMEOUT_MS: integer("Longest wait for a lock", 5_000, 50, 600_000),
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: integer("Longest idle transaction", 15_000, 100, 600_000),
};

interface Given {
  readonly DATABASE_URL: string;
  readonly DATABASE_CA?: string;
  readonly DATABASE_REPORT_URL?: string;
  readonly DATABASE_REPORT_CA?: string;
  readonly DATABASE_POOL_MAX: number;
  readonly DATABASE_REPORT_POOL_MAX: number;
  readonly DATABASE_LOOKUP_POOL_MAX: number;
  readonly DATABASE_CONNECT_TIMEOUT_MS: number;
  readonly DATABASE_STATEMENT_TIMEOUT_MS: number;
  readonly DATABASE_REPORT_TIMEOUT_MS: number;
  readonly DATABASE_LOCK_TIMEOUT_MS: number;
  readonly DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: number;
}

/** Limits of the connection to PostgreSQL; milliseconds and connections. */
export interface DatabaseConfig {
  readonly url: Secret;
  /** Of the server's CA: PEM or the path of a file. */
  readonly ca?: string | undefined;
  /** Of a replica that reports read. */
  readonly reportUrl?: Secret | undefined;
  readonly reportCa?: string | undefined;
  readonly poolMax: number;
  readonly reportPoolMax: number;
  readonly lookupPoolMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** The same for reports and verify, which read whole tables. */
  readonly reportTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleTransactionTimeoutMs: number;
}

export function databaseOf(values: Given): DatabaseConfig {
  const { DATABASE_REPORT_URL: reportUrl } = values;
  return {
    url: new Secret(values.DATABASE_URL),
    ca: values.DATABASE_CA,
    reportUrl: reportUrl === undefined ? undefined : new Secret(reportUrl),
    reportCa: values.DATABASE_REPORT_CA,
    poolMax: values.DATABASE_POOL_MAX,
    reportPoolMax: values.DATABASE_REPORT_POOL_MAX,
    lookupPoolMax: values.DATABASE_LOOKUP_POOL_MAX,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    reportTimeoutMs: values.DATABASE_REPORT_TIMEOUT_MS,
    lockTimeoutMs: values.DATABASE_LOCK_TIMEOUT_MS,
    idleTransactionTimeoutMs: values.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
  };
}

/** What each value alone cannot tell. */
export function databaseProblems(values: Partial<Given>): string[] {
  const hasCa = values.DATABASE_REPORT_CA !== undefined;
  return hasCa && values.DATABASE_REPORT_URL === undefined
    ? ["DATABASE_REPORT_CA: needs a DATABASE_REPORT_URL"]
    : [];
}
