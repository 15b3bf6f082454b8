import { describe, expect, test } from "bun:test";
import pg from "pg";
import { SYSTEM_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { verifyStock } from "./index.ts";

const verify = ({ app }: TestWeb) =>
  verifyStock({ app, actor: SYSTEM_ACTOR, traceId: "t", now: app.now, log: app.log });

describe("orphans: a look at the whole books names", () => {
  const orphans: readonly [table: string, sql: string][] = [
    [
      "lots",
      "insert into stock.lots (id, item_id, origin, source_id) values ($1, $1, 'count', $1)",
    ],
    ["allocations", "insert into stock.allocations values ($1, $1, 1, 1)"],
    ["genealogy", "insert into stock.genealogy values ($1, $1, $1, 1, 1)"],
    [
      "movements",
      `insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
         effective_on, actor, source_id)
       values ($1, 'waste', $1, $1, -1, 0, now(), now(), 'x', $1)`,
    ],
    [
      "layers",
      `insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
         effective_at) values ($1, $1, $1, $1, 1, 1, 1, 1, now())`,
    ],
    [
      "shortfalls",
      `insert into stock.shortfalls (id, item_id, site_id, quantity, open_quantity, effective_at,
         source_id, source_line_id) values ($1, $1, $1, 1, 1, now(), $1, $1)`,
    ],
  ];
  for (const [table, sql] of orphans) {
    test(`a row of ${table} that names nothing`, async () => {
      const own = await testDatabase();
      const client = new pg.Client({ connectionString: own.ownerUrl });
      const ownWeb = openTestWeb(own.appUrl);
      try {
        expect((await verify(ownWeb)).broken).toBeNull();
        await client.connect();
        const id = newId();
        await client.query(sql, [id]);
        const { broken } = await verify(ownWeb);
        expect(broken?.table).toBe(`stock.${table}`);
        expect(broken?.problem).toStartWith("names nothing");
        expect(broken?.id).toContain(id);
      } finally {
        await client.end();
        await ownWeb.close();
        await own.drop();
      }
    });
  }
});
