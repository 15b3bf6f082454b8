import { newId } from "#platform/id.ts";
import * as bakery from "./bakery.ts";
import type { Flexible } from "./bakery-data.ts";
import { testDatabase } from "./postgres.ts";
import { openTestWeb } from "./web.ts";

export interface Bringing {
  readonly mapping?: object;
  readonly dryRun?: boolean;
  readonly id?: string;
}

/** A web on a database of its own, and what tests of till exports ask it. */
export async function openTill() {
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl, { now: () => new Date("2026-11-21T12:00:00Z") });
  const { client } = web;

  const announce = (siteId: string, { id = newId(), ...fields }: Bringing = {}) =>
    bakery.make(client, "/imports/till-exports", { id, siteId, ...fields });

  const send = (id: string, content: string | Uint8Array) =>
    client.ask("PUT", `/imports/till-exports/${id}/content`, {
      body: content,
      headers: { "content-type": "text/csv" },
    });

  async function bring(siteId: string, content: string | Uint8Array, fields: Bringing = {}) {
    const { id } = await announce(siteId, fields);
    const answer = await send(id, content);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body as Flexible;
  }

  async function pagesOf(id: string, list: "flags" | "days" | "articles"): Promise<Flexible[]> {
    return allOf(`/imports/till-exports/${id}/${list}?limit=200`);
  }

  async function allOf(path: string): Promise<Flexible[]> {
    const rows: Flexible[] = [];
    let cursor = "";
    for (;;) {
      const { data, next } = await bakery.read(client, `${path}${cursor}`);
      rows.push(...data);
      if (next === null) return rows;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
  }

  return {
    database,
    web,
    client,
    announce,
    send,
    bring,
    pagesOf,
    allOf,
    openSite: async (fields: object = {}) =>
      (await bakery.openShop(client, { zone: "Europe/Paris", ...fields }, 0)).siteId,
    /** Row and code of every flag. */
    flagsOf: async (id: string) =>
      (await pagesOf(id, "flags")).map(
        ({ row, code }) => `${row} ${code.slice("imports.".length)}`,
      ),
    close: async () => {
      await web.close();
      await database.drop();
    },
  };
}
