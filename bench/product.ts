import pg from "pg";
import { type Db, statement } from "../src/platform/db.ts";
import { newId } from "../src/platform/id.ts";
import { createTelemetry } from "../src/platform/telemetry.ts";
import { createWeb, type Web } from "../src/web/app.ts";
import { buildApp } from "../src/web/main.ts";
import { issueKeys, owner, productionEnv, tillKey } from "./access.ts";
import { ids, itemId, openBakery, postJson, saleBody } from "./bakery.ts";
import { captureStatements, type Sent } from "./capture.ts";
import type { Typed } from "./pgbench-script.ts";
import type { Place } from "./place.ts";

/** What the product sends to PostgreSQL for each request that is measured. */
export interface Captured {
  /** The settings of the product's connections, in the form of PGOPTIONS. */
  readonly sessionOptions: string;
  readonly sale: readonly Typed[];
  /** Who asks, then what is read. */
  readonly itemRead: readonly Sent[];
  readonly stockRead: readonly Sent[];
}

export const paths = {
  item: `/api/v1/items/${itemId(7)}`,
  stock: `/api/v1/stock?siteId=${ids.site}`,
} as const;

/** Builds the bakery with the product inside this process, and listens to its statements. */
export async function prepare(place: Place): Promise<Captured> {
  const app = buildApp({ ...productionEnv, LOG_LEVEL: "error", DATABASE_URL: place.appUrl });
  try {
    // Who asks is looked up beside the statements of the request itself.
    const { fetch } = createWeb(app, { authenticate: async () => owner });
    await openBakery(fetch);
    await issueKeys(place);
    await analyze(place);
    const sell = () => postJson(fetch, "/sales", saleBody(newId()));
    await sell();
    const sale = await captureStatements(sell);
    const asking = createWeb({ ...app, telemetry: createTelemetry() });
    const itemRead = await captureRead(asking, paths.item);
    const stockRead = await captureRead(asking, paths.stock);
    const sessionOptions = await readSessionOptions(app.db);
    return { sessionOptions, sale: await typed(place, sale), itemRead, stockRead };
  } finally {
    await app.db.close();
  }
}

const clientSettings = statement(
  "bench_client_settings",
  "select name, setting from pg_settings where source = 'client' and name <> 'application_name'",
);

async function readSessionOptions(db: Db): Promise<string> {
  const rows = await db.run<{ name: string; setting: string }>(clientSettings);
  return rows.map(({ name, setting }) => `-c ${name}=${setting.replaceAll(" ", "\\ ")}`).join(" ");
}

async function read(fetch: (request: Request) => Promise<Response>, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${tillKey(0)}` };
  const answer = await fetch(new Request(`http://localhost${path}`, { headers }));
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}`);
}

/** With a till's key, which is looked up before each. */
async function captureRead({ fetch }: Web, path: string): Promise<Sent[]> {
  // The first time a key is used that is written down, once a minute at most.
  await read(fetch, path);
  const sent = await captureStatements(() => read(fetch, path));
  if (sent.length !== 2) throw new Error("a read must be two statements: who asks, and the read");
  return sent;
}

/** Both sides plan with the same statistics from the start. */
async function analyze(place: Place): Promise<void> {
  const client = new pg.Client(place.ownerUrl);
  await client.connect();
  await client.query("analyze").finally(() => client.end());
}

/** Asks PostgreSQL for the types of the parameters. */
async function typed(place: Place, sent: readonly Sent[]): Promise<Typed[]> {
  const client = new pg.Client(place.ownerUrl);
  await client.connect();
  try {
    const all: Typed[] = [];
    for (const [index, each] of sent.entries()) {
      if (each.values.length === 0) {
        all.push({ ...each, types: [] });
        continue;
      }
      await client.query(`prepare asked_${index} as ${each.text}`);
      const { rows } = await client.query<{ types: string[] }>(
        `select parameter_types::text[] as types from pg_prepared_statements
         where name = 'asked_${index}'`,
      );
      all.push({ ...each, types: rows[0]?.types ?? [] });
    }
    return all;
  } finally {
    await client.end();
  }
}
