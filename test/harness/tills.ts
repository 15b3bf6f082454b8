import type { Membership } from "#modules/access/index.ts";
import { setPin } from "#modules/devices/service/pins.ts";
import type { Ctx } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { silentLog } from "#platform/log.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { createWeb } from "../../src/web/app.ts";
import { make, openShop, type Shop } from "./bakery.ts";
import { type TestClient, testClient } from "./client.ts";
import { testDatabase } from "./postgres.ts";
import { openTestWeb, type TestWeb } from "./web.ts";

export interface PairedTill {
  readonly deviceId: string;
  readonly tillId: string;
  readonly siteId: string;
  readonly key: string;
  /** Asks as this device. */
  readonly client: TestClient;
}

/** A web with two shops of two tills each, whose devices and people the test adds. */
export interface Tills extends TestWeb {
  readonly shop: Shop;
  readonly otherShop: Shop;
  /** Runs SQL as the app. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The code of a till. */
  codeOf(tillId: string): Promise<string>;
  pair(tillId?: string): Promise<PairedTill>;
  /** Somebody with these roles and, if given, a PIN; their id. */
  person(memberships: readonly Membership[], pin?: string): Promise<string>;
  /** What a signed in person's request is to the services. */
  ctxOf(personId: string): Ctx;
  /** Asks as this person, signed in. */
  asPerson(personId: string): TestClient;
  /** A client with a key of its own, or with a cookie. */
  as(headers: Readonly<Record<string, string>>): TestClient;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export async function openTills(options: Parameters<typeof openTestWeb>[1] = {}): Promise<Tills> {
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl, options);
  const { app, client } = web;
  const shop = await openShop(client, {}, 2);
  const otherShop = await openShop(client, {}, 2);
  const as = (headers: Readonly<Record<string, string>>) => testClient(web.web, headers);
  const sql = <Row>(text: string, values: readonly unknown[] = []) =>
    app.db.run<Row>(statement("", text), values);
  const ctxOf = (id: string): Ctx => {
    const actor = { kind: "person", id, scope: id, grants: [] } as const;
    return { app, actor, traceId: "0".repeat(32), log: silentLog, now: app.now };
  };
  const codeOf = async (tillId: string) =>
    (await make(client, "/till-pairings", { tillId, name: "Tablet" })).code as string;
  return {
    ...web,
    shop,
    otherShop,
    as,
    sql,
    ctxOf,
    codeOf,
    asPerson(id) {
      const alone = { ...app, telemetry: createTelemetry() };
      return testClient(createWeb(alone, { authenticate: async () => ctxOf(id).actor }), {});
    },
    async pair(tillId = shop.tillIds[0] ?? "") {
      const paired = await make(as({}), "/till-device", { code: await codeOf(tillId) });
      return { ...paired, client: as(bearer(paired.key)) };
    },
    async person(memberships, pin) {
      const id = newId();
      await sql("insert into accounts.people (id, name, email) values ($1, 'Ann', $2)", [
        id,
        `${id}@bakery.example`,
      ]);
      for (const { role, siteId } of memberships) {
        await sql(
          "insert into accounts.memberships (id, person_id, role, site_id) values ($1, $2, $3, $4)",
          [newId(), id, role, siteId],
        );
      }
      if (pin !== undefined) await setPin(ctxOf(id), { pin });
      return id;
    },
    async close() {
      await web.close();
      await database.drop();
    },
  };
}

/** An id that is no row of anything. */
export const noId = "0199a0c2-ffff-7fff-8fff-ffffffffffff";
