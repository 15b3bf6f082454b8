import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type AppConfig, ConfigError, type Environment, parseWebConfig } from "./config.ts";
import { tried } from "./config-error.ts";
import { madeUpSecret, present } from "./config-secret.ts";

const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });

/** What the worker's environment has beyond the web's. Source of .env.example. */
export const WorkerEnvironment = Type.Object({
  WORKER_HOST: Type.String({
    minLength: 1,
    description: "Address of the worker's health and metrics; 0.0.0.0 in a container",
    default: "127.0.0.1",
  }),
  WORKER_PORT: integer(
    "Port of /healthz, /readyz and /metrics; 0 takes a free one",
    9465,
    0,
    65_535,
  ),
  WORKER_POLL_MS: integer("Longest wait before events are looked for again", 250, 10, 60_000),
  WORKER_POOL_MAX: integer("Connections for taking and settling jobs", 4, 2, 50),
  WORKER_STOP_GRACE_MS: integer("Longest drain of jobs under way", 25_000, 1_000, 600_000),
  PUBSUB_TOPIC: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z][A-Za-z0-9._~%+-]{2,254}$",
      description: "Topic of Google Pub/Sub, in GOOGLE_CLOUD_PROJECT, that every event goes to",
    }),
  ),
});

/** A topic of Google Pub/Sub. */
export interface TopicName {
  readonly projectId: string;
  readonly topic: string;
}

/** Milliseconds and connections. */
export interface WorkerSettings {
  readonly hostname: string;
  readonly port: number;
  readonly pollMs: number;
  readonly poolMax: number;
  readonly stopGraceMs: number;
  readonly topic: TopicName | undefined;
}

/** The names that may come as files of `$CREDENTIALS_DIRECTORY` instead of the environment. */
export const secretNames = [
  "DATABASE_URL",
  "DATABASE_CA",
  "DATABASE_REPORT_URL",
  "DATABASE_REPORT_CA",
  "AUTH_SECRET",
  "GOOGLE_CLIENT_SECRET",
  "REDIS_URL",
  "REDIS_CA",
  "SLACK_WEBHOOK_URL",
  "SMTP_URL",
] as const;

/**
 * Reads the worker's environment, where a credential of the same name wins. Pure; throws ConfigError
 * with every problem at once.
 */
export function parseWorkerConfig(
  env: Environment,
  credentials: Environment = {},
): { readonly app: AppConfig; readonly worker: WorkerSettings } {
  // Nobody signs in here: without the secret it makes one up, as a web in development does.
  const given = { AUTH_SECRET: madeUpSecret(), ...present(env), ...present(credentials) };
  const [app, worker] = [tried(() => parseWebConfig(given)), tried(() => parseSettings(given))];
  const problems = [...app.problems, ...worker.problems];
  if (app.value === undefined || worker.value === undefined) throw new ConfigError(problems);
  return { app: app.value, worker: worker.value };
}

/** The part that is the worker's own. */
export function parseSettings(env: Environment): WorkerSettings {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(WorkerEnvironment.properties)) {
    if (env[name] !== undefined && env[name] !== "") given[name] = env[name];
  }
  const values = Value.Convert(WorkerEnvironment, Value.Default(WorkerEnvironment, given));
  const problems = [...Value.Errors(WorkerEnvironment, values)].map(({ path, message, schema }) => {
    return `${path.slice(1)}: ${message}; ${schema.description}`;
  });
  if (given["PUBSUB_TOPIC"] !== undefined && !env["GOOGLE_CLOUD_PROJECT"]) {
    problems.push("GOOGLE_CLOUD_PROJECT: the topic's project is needed with PUBSUB_TOPIC");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const own = values as Static<typeof WorkerEnvironment>;
  return {
    hostname: own.WORKER_HOST,
    port: own.WORKER_PORT,
    pollMs: own.WORKER_POLL_MS,
    poolMax: own.WORKER_POOL_MAX,
    stopGraceMs: own.WORKER_STOP_GRACE_MS,
    topic: topicOf(own.PUBSUB_TOPIC, env["GOOGLE_CLOUD_PROJECT"]),
  };
}

function topicOf(topic: string | undefined, projectId: string | undefined) {
  return topic === undefined || projectId === undefined ? undefined : { topic, projectId };
}
