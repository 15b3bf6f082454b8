import { join } from "node:path";
import type { Environment } from "#platform/config.ts";
import type { App } from "#platform/context.ts";
import type { FunctionName } from "#platform/function-calls.ts";
import { createVerifier } from "#platform/identity.ts";
import { developmentEmail } from "#platform/identity-folder.ts";
import { createFunction, functionNames } from "../functions/app.ts";
import type { FunctionDoor } from "../functions/door.ts";
import type { Listener } from "../web/lifecycle.ts";
import { CommandError, type Terminal } from "./terminal.ts";

const variables: Readonly<Record<FunctionName, string>> = {
  auditEvent: "AUDIT_EVENT_URL",
  exportReport: "EXPORT_REPORT_URL",
  uploadFinalized: "UPLOAD_FINALIZED_URL",
};

/** The functions beside the web of one machine: the same doors, with tokens of a key of its own. */
export interface LocalFunctions {
  /** What the other processes of this start must know to call them. */
  readonly env: Environment;
  readonly port: number;
  /** From now on they answer. */
  open(app: App): void;
  stop(): Promise<void>;
}

/** Listens at once, as the app has to know where; until it is given, callers are asked to wait. */
export function listenFunctions(terminal: Terminal): LocalFunctions {
  const doors = new Map<string, FunctionDoor>();
  const { serve, folder } = terminal;
  const port = portOf(terminal.env);
  const listener = listen(() =>
    serve(async (request) => answer(doors, request), { hostname: "127.0.0.1", port }),
  );
  const base = `http://127.0.0.1:${listener.port}`;
  const keys = join(folder, ".banneton", "identity");
  const given = functionNames.map((name) => [variables[name], `${base}/${name}`] as const);
  return {
    env: { ...Object.fromEntries(given), ID_TOKEN_FOLDER: keys },
    port: listener.port,
    open: (app) => {
      for (const name of functionNames) {
        const trust = { audience: `${base}/${name}`, emails: [developmentEmail], keysUrl: "" };
        const verify = createVerifier({ ...trust, folder: keys });
        doors.set(`/${name}`, createFunction(app, name, verify));
      }
    },
    stop: async () => {
      await listener.stop();
      await listener.close();
    },
  };
}

async function answer(
  doors: ReadonlyMap<string, FunctionDoor>,
  request: Request,
): Promise<Response> {
  const door = doors.get(new URL(request.url).pathname);
  if (door !== undefined) return door(request);
  return new Response(null, { status: doors.size === 0 ? 503 : 404 });
}

const defaultPort = 3001;

function portOf(env: Environment): number {
  const given = env["FUNCTIONS_PORT"] || String(defaultPort);
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CommandError("FUNCTIONS_PORT must be a port, or 0 for a free one.", 78);
}

function listen(open: () => Listener): Listener {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") throw error;
    throw new CommandError("The functions' port is in use. Set FUNCTIONS_PORT, or --no-functions.");
  }
}
