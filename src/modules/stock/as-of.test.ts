import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

// Three weeks in Dublin, over the night on which summer ends.
const start = Date.parse("2026-10-15T06:00:00Z");
const hour = 3_600_000;
const hours = 500;

let now = new Date(start);
let database: TestDatabase;
let web: TestWeb;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => now });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await web.close();
  await database.drop();
});

/** Seeded, so that a failure can be had again. */
function dice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const instant = (ms: number) => new Date(ms).toISOString();
const day = (ms: number) => instant(ms).slice(0, 10);

interface Scene {
  readonly siteIds: readonly [string, string];
  readonly itemId: string;
  readonly roll: (sides: number) => number;
  readonly sales: string[];
  readonly done: Record<string, number>;
}

/** One command, now or dated back; what is refused is no matter. */
async function command(scene: Scene): Promise<void> {
  const { roll, itemId, sales } = scene;
  const [siteId, other] = roll(2) === 0 ? scene.siteIds : scene.siteIds.toReversed();
  const quantity = String(1 + roll(6));
  const effectiveAt = instant(now.getTime() - (roll(3) === 0 ? roll(40) * hour : 0));
  const lines = [{ itemId, quantity }];
  const received = () => {
    const expiresOn =
      roll(3) === 0 ? {} : { expiresOn: day(now.getTime() + (roll(5) - 1) * 24 * hour) };
    return [{ itemId, quantity: String(1 + roll(12)), totalCost: String(roll(90)), ...expiresOn }];
  };
  const kinds: readonly [string, () => [string, object]][] = [
    ["receipt", () => ["/receipts", { siteId, effectiveAt, lines: received() }]],
    ["sale", () => ["/sales", bakery.saleOf(siteId ?? "", lines, { soldAt: effectiveAt })]],
    ["sale", () => ["/sales", bakery.saleOf(siteId ?? "", lines, { soldAt: effectiveAt })]],
    ["waste", () => ["/stock/waste", { siteId, reason: "stale", lines }]],
    [
      "count",
      () => [
        "/stock/counts",
        { siteId, countedAt: effectiveAt, lines: [{ itemId, counted: quantity }] },
      ],
    ],
    ["transfer", () => ["/transfers", { fromSiteId: siteId, toSiteId: other, effectiveAt, lines }]],
    ["void", () => [`/sales/${sales.at(-1 - roll(3)) ?? itemId}/void`, { reason: "wrong" }]],
  ];
  const [kind, make] = kinds[roll(kinds.length)] ?? kinds[0]!;
  const [path, body] = make();
  const answer = await web.client.post(path, body, bakery.key());
  if (answer.status >= 300) return;
  scene.done[kind] = (scene.done[kind] ?? 0) + 1;
  if (kind === "sale") sales.push(answer.body.id);
}

// What was on hand then, layer by layer, from every allocation there is.
const naive = `select trim_scale(coalesce(sum(a.quantity), 0)) as quantity,
    trim_scale(coalesce(sum(a.value), 0)) as value,
    trim_scale(coalesce(sum(a.quantity) filter (where not l.is_held and (l.expires_on is null
      or l.expires_on >= ($3::timestamptz at time zone 'Europe/Dublin')::date)), 0)) as available
  from stock.movements m
  join stock.allocations a on a.movement_id = m.id
  join stock.layers l on l.id = a.layer_id
  where m.item_id = $1 and m.site_id = $2 and m.effective_at <= $3`;

for (const seed of [1, 2, 3]) {
  test(`balances as of any moment are those of a naive sum, seed ${seed}`, async () => {
    const roll = dice(seed);
    now = new Date(start);
    const shops = [await bakery.openShop(web.client), await bakery.openShop(web.client)];
    const siteIds = [shops[0]?.siteId ?? "", shops[1]?.siteId ?? ""] as const;
    const fefo = await bakery.addCategory(web.client, "fefo");
    const itemId = await bakery.addItem(web.client, { unit: "piece", categoryId: fefo });
    const scene: Scene = { siteIds, itemId, roll, sales: [], done: {} };
    while (now.getTime() < start + hours * hour) {
      await command(scene);
      now = new Date(now.getTime() + roll(8) * hour + roll(60) * 60_000);
    }
    expect(Object.keys(scene.done).length).toBe(6);
    // A third of what is there is held; what a hold does elsewhere is no matter here.
    await owner.query(
      `update stock.layers set is_held = true where item_id = $1 and right(id::text, 1) < '6'`,
      [itemId],
    );
    for (let look = 0; look < 60; look++) {
      const siteId = siteIds[look % 2] ?? "";
      const asOf = instant(start + (roll(hours + 40) - 20) * hour + roll(hour));
      const query = `siteId=${siteId}&itemId=${itemId}&asOf=${asOf}`;
      const { data } = await bakery.read(web.client, `/stock?${query}`);
      const { rows } = await owner.query(naive, [itemId, siteId, asOf]);
      const [{ quantity, value, available }] = data;
      expect({ asOf, quantity, value, available }).toEqual({ asOf, ...rows[0] });
    }
  }, 60_000);
}
