import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
  type DatabaseConfig,
  databaseEnvironment,
  databaseOf,
  databaseProblems,
} from "./config-database.ts";
import { ConfigError, type Environment } from "./config-error.ts";
import {
  type AlertsConfig,
  alertsOf,
  type OutboundConfig,
  outboundEnvironment,
  outboundOf,
  outboundProblems,
} from "./config-outbound.ts";
import { madeUpSecret, Secret } from "./config-secret.ts";
import {
  type ServicesConfig,
  servicesEnvironment,
  servicesOf,
  servicesProblems,
} from "./config-services.ts";
import { type TracingConfig, tracingEnvironment, tracingOf } from "./config-tracing.ts";

export { ConfigError, type Environment, Secret };

const text = (description: string, fallback?: string) =>
  Type.String({
    minLength: 1,
    description,
    ...(fallback === undefined ? {} : { default: fallback }),
  });
const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });

/**
 * The environment of the web process: names, meanings, defaults, bounds. Source of .env.example.
 */
export const WebEnvironment = Type.Object({
  NODE_ENV: Type.Union(
    ["development", "test", "production"].map((name) => Type.Literal(name)),
    { description: "development, test or production", default: "development" },
  ),
  ...databaseEnvironment,
  HOST: text("Address to listen on; 0.0.0.0 in a container", "127.0.0.1"),
  PORT: integer("Port of the web app; 0 takes a free one", 3000, 0, 65_535),
  METRICS_PORT: integer("Port of /metrics, never public; 0 takes a free one", 9464, 0, 65_535),
  ALLOWED_HOSTS: text(
    "Host names answered, comma separated, without port",
    "localhost,127.0.0.1,[::1]",
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: "^https?://[^/]+/?$",
      description:
        "Where people reach it, http://localhost:PORT if not given; with http cookies lose __Host- and Secure",
    }),
  ),
  AUTH_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description: "Signs sessions and peppers PINs; 32 characters or more (secret)",
    }),
  ),
  GOOGLE_CLIENT_ID: Type.Optional(text("OAuth client; with it people may sign in with Google")),
  GOOGLE_CLIENT_SECRET: Type.Optional(text("Secret of that client (secret)")),
  CORS_ORIGINS: Type.Optional(
    text("Origins of other sites whose scripts may call the API, comma separated, exact"),
  ),
  TRUSTED_PROXIES: integer("Proxies in front that append to X-Forwarded-For", 0, 0, 10),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: "^rediss?://",
      description: "Redis, for rate limits that all pods share; without it each counts (secret)",
    }),
  ),
  REDIS_CA: Type.Optional(
    text("Whose server it must be: a CA's certificate, as PEM or the path of a file"),
  ),
  PODS_MAX: integer("Most pods there may be: without Redis each gets its share", 1, 1, 1_000),
  LIMIT_ACTOR_PER_MINUTE: integer("Requests a minute of one person, key or till", 1_200, 1, 1e9),
  LIMIT_ADDRESS_PER_MINUTE: integer("Requests a minute of one address", 3_000, 1, 1e9),
  LIMIT_SIGN_IN_PER_MINUTE: integer("Tries to sign in a minute of one address", 20, 1, 1e6),
  GATE_SALES_MAX: integer("Sales under way at once", 64, 1, 10_000),
  GATE_OFFICE_MAX: integer("Other requests under way at once", 48, 1, 10_000),
  GATE_REPORTS_MAX: integer("Reports under way at once", 4, 1, 1_000),
  LOG_LEVEL: Type.Union(
    ["debug", "info", "warning", "error"].map((name) => Type.Literal(name)),
    { description: "debug, info, warning or error", default: "info" },
  ),
  GOOGLE_CLOUD_PROJECT: Type.Optional(text("Project id that makes traces links in Cloud Logging")),
  BODY_BYTES_MAX: integer("Largest request body in bytes", 1_048_576, 1_024, 67_108_864),
  STOP_WAIT_MS: integer(
    "Wait between not ready and not listening, for load balancers",
    0,
    0,
    60_000,
  ),
  STOP_GRACE_MS: integer("Longest drain of requests under way", 20_000, 100, 300_000),
  ...outboundEnvironment,
  ...servicesEnvironment,
  ...tracingEnvironment,
});
type WebEnvironment = Static<typeof WebEnvironment>;

/** The OAuth client of "Sign in with Google". */
export interface GoogleConfig {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Requests a minute; how many pods share them when Redis does not count. */
export interface LimitsConfig {
  readonly podsMax: number;
  readonly actorPerMinute: number;
  readonly addressPerMinute: number;
  readonly signInPerMinute: number;
}

/** Requests under way at once, by class. */
export interface GatesConfig {
  readonly salesMax: number;
  readonly officeMax: number;
  readonly reportsMax: number;
}

export interface AppConfig {
  readonly environment: "development" | "test" | "production";
  readonly hostname: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly allowedHosts: readonly string[];
  /** Where people reach it, without a slash at the end. */
  readonly publicUrl: string;
  readonly authSecret: Secret;
  readonly google: GoogleConfig | undefined;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly redisUrl: Secret | undefined;
  readonly redisCa?: string | undefined;
  readonly limits: LimitsConfig;
  readonly gates: GatesConfig;
  readonly logLevel: "debug" | "info" | "warning" | "error";
  readonly googleCloudProject: string | undefined;
  readonly bodyBytesMax: number;
  readonly stopWaitMs: number;
  readonly stopGraceMs: number;
  readonly database: DatabaseConfig;
  readonly alerts: AlertsConfig;
  readonly outbound: OutboundConfig;
  readonly services: ServicesConfig;
  /** Not there: no traces. */
  readonly tracing: TracingConfig | undefined;
  /** What runs: the hash of its commit. */
  readonly release: string;
}

/** Reads the web's environment. Pure; throws ConfigError with every problem at once. */
export function parseWebConfig(env: Environment): AppConfig {
  const values = readEnvironment(env);
  return {
    environment: values.NODE_ENV as AppConfig["environment"],
    hostname: values.HOST,
    port: values.PORT,
    metricsPort: values.METRICS_PORT,
    allowedHosts: values.ALLOWED_HOSTS.split(",").map((host) => host.trim().toLowerCase()),
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/$/, ""),
    authSecret: secretOf(values),
    google: googleOf(values),
    corsOrigins: listOf(values.CORS_ORIGINS),
    trustedProxies: values.TRUSTED_PROXIES,
    redisUrl: values.REDIS_URL === undefined ? undefined : new Secret(values.REDIS_URL),
    redisCa: values.REDIS_CA,
    limits: {
      podsMax: values.PODS_MAX,
      actorPerMinute: values.LIMIT_ACTOR_PER_MINUTE,
      addressPerMinute: values.LIMIT_ADDRESS_PER_MINUTE,
      signInPerMinute: values.LIMIT_SIGN_IN_PER_MINUTE,
    },
    gates: {
      salesMax: values.GATE_SALES_MAX,
      officeMax: values.GATE_OFFICE_MAX,
      reportsMax: values.GATE_REPORTS_MAX,
    },
    logLevel: values.LOG_LEVEL as AppConfig["logLevel"],
    googleCloudProject: values.GOOGLE_CLOUD_PROJECT,
    bodyBytesMax: values.BODY_BYTES_MAX,
    stopWaitMs: values.STOP_WAIT_MS,
    stopGraceMs: values.STOP_GRACE_MS,
    alerts: alertsOf(values),
    outbound: outboundOf(values),
    services: servicesOf(values),
    tracing: tracingOf(values),
    release: values.RELEASE,
    database: databaseOf(values),
  };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** Outside of production a process may make up its own: its sessions end with it. */
function secretOf({ AUTH_SECRET: given }: WebEnvironment): Secret {
  return new Secret(given ?? madeUpSecret());
}

function googleOf(values: WebEnvironment): GoogleConfig | undefined {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return { clientId, clientSecret: new Secret(clientSecret) };
}

/** What each value alone cannot tell. */
function problemsBetween(values: WebEnvironment): string[] {
  const problems = [
    ...databaseProblems(values),
    ...outboundProblems(values),
    ...servicesProblems(values),
  ];
  const isProduction = values.NODE_ENV === "production";
  if (isProduction && values.AUTH_SECRET === undefined) {
    problems.push("AUTH_SECRET: is required in production");
  }
  if (isProduction && !values.PUBLIC_URL?.startsWith("https://")) {
    problems.push("PUBLIC_URL: must be https in production");
  }
  if (values.REDIS_CA !== undefined && !values.REDIS_URL?.startsWith("rediss://")) {
    problems.push("REDIS_CA: needs a REDIS_URL that begins with rediss://");
  }
  if ((values.GOOGLE_CLIENT_ID === undefined) !== (values.GOOGLE_CLIENT_SECRET === undefined)) {
    problems.push("GOOGLE_CLIENT_ID: needs GOOGLE_CLIENT_SECRET, and the other way round");
  }
  for (const origin of listOf(values.CORS_ORIGINS)) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      problems.push("CORS_ORIGINS: each is scheme://host[:port], exact, without a path");
    }
  }
  return problems;
}

function readEnvironment(env: Environment): WebEnvironment {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(WebEnvironment.properties)) {
    if (env[name] !== undefined && env[name] !== "") given[name] = env[name];
  }
  const values = Value.Convert(WebEnvironment, Value.Default(WebEnvironment, given));
  // A value may be a secret: the problem names the variable and what it must be, never what it is.
  const problems = new Map<string, string>();
  for (const error of Value.Errors(WebEnvironment, values)) {
    const name = error.path.slice(1).split("/")[0] ?? "";
    const schema = WebEnvironment.properties[name as keyof typeof WebEnvironment.properties];
    const isMissing = given[name] === undefined;
    problems.set(
      name,
      `${name}: ${isMissing ? "is required: " : error.message}; ${schema.description}`,
    );
  }
  const all = [...problems.values(), ...problemsBetween(values as WebEnvironment)];
  if (all.length > 0) throw new ConfigError(all);
  return values as WebEnvironment;
}
