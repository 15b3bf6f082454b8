import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type AppConfig, ConfigError, type Environment, parseWebConfig } from "./config.ts";
import { tried } from "./config-error.ts";
import { madeUpSecret, present } from "./config-secret.ts";

/** What a function's environment has beyond the web's. Source of .env.example. */
export const FunctionsEnvironment = Type.Object({
  FUNCTION_AUDIENCE: Type.String({
    pattern: "^https?://",
    description: "The function's own URL: the audience that the ID tokens of its callers must have",
  }),
  FUNCTION_CALLERS: Type.String({
    minLength: 1,
    description: "E-mail addresses of the accounts that may call the function, comma separated",
  }),
  ID_TOKEN_KEYS_URL: Type.String({
    pattern: "^https?://",
    description: "Google's public keys (JWKS), which callers' ID tokens are checked with",
    default: "https://www.googleapis.com/oauth2/v3/certs",
  }),
  FUNCTION_IAM_CHECKED: Type.Optional(
    Type.String({
      pattern: "^1$",
      description:
        "1 where Cloud Run alone lets callers in: then a signature that it has removed was good",
    }),
  ),
});

/** Who may call a function. */
export interface CallersConfig {
  readonly audience: string;
  readonly emails: readonly string[];
  readonly keysUrl: string;
  /** Cloud Run checks signatures before we see a call, and removes them. */
  readonly isCheckedByPlatform: boolean;
}

// An instance answers one request at a time: one connection for commands, one for reports.
const poolOfInstance = {
  DATABASE_POOL_MAX: "1",
  DATABASE_REPORT_POOL_MAX: "1",
  DATABASE_LOOKUP_POOL_MAX: "0",
};

/** Reads a function's environment. Pure; throws ConfigError with every problem at once. */
export function parseFunctionsConfig(env: Environment): {
  readonly app: AppConfig;
  readonly callers: CallersConfig;
} {
  // Nobody signs in here: without the secret it makes one up, as a web in development does.
  const given = { AUTH_SECRET: madeUpSecret(), ...poolOfInstance, ...present(env) };
  const [app, callers] = [tried(() => parseWebConfig(given)), tried(() => callersOf(given))];
  if (app.value === undefined || callers.value === undefined) {
    throw new ConfigError([...app.problems, ...callers.problems]);
  }
  return { app: app.value, callers: callers.value };
}

function callersOf(env: Environment): CallersConfig {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(FunctionsEnvironment.properties)) {
    if (env[name] !== undefined) given[name] = env[name];
  }
  const values = Value.Default(FunctionsEnvironment, given) as Static<typeof FunctionsEnvironment>;
  const problems = new Map<string, string>();
  for (const { path } of Value.Errors(FunctionsEnvironment, values)) {
    const name = path.slice(1) as keyof typeof FunctionsEnvironment.properties;
    const wrong = given[name] === undefined ? "is required" : "is not of that form";
    problems.set(name, `${name}: ${wrong}: ${FunctionsEnvironment.properties[name].description}`);
  }
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  const isProduction = env["NODE_ENV"] === "production";
  if (isProduction && !values.ID_TOKEN_KEYS_URL.startsWith("https://")) {
    throw new ConfigError(["ID_TOKEN_KEYS_URL: must be https in production"]);
  }
  const isCheckedByPlatform = values.FUNCTION_IAM_CHECKED !== undefined;
  // Only Cloud Run sets it.
  if (isCheckedByPlatform && !env["K_SERVICE"]) {
    throw new ConfigError(["FUNCTION_IAM_CHECKED: only on Cloud Run, which sets K_SERVICE"]);
  }
  const emails = values.FUNCTION_CALLERS.split(",").map((email) => email.trim().toLowerCase());
  return {
    audience: values.FUNCTION_AUDIENCE,
    emails: emails.filter((email) => email !== ""),
    keysUrl: values.ID_TOKEN_KEYS_URL,
    isCheckedByPlatform,
  };
}
