import { type Db, statement } from "#platform/db.ts";
import type { ReplayFlip } from "../rules/replay.ts";
import type { ReplayLayer } from "../rules/replay-layers.ts";
import { toMicro } from "../rules/replay-micro.ts";
import type { ReplayCost } from "../rules/replay-refunds.ts";

export interface BalancePair {
  readonly itemId: string;
  readonly siteId: string;
  readonly quantity: string;
  readonly value: string;
  readonly shortQuantity: string;
}

// The plan for any pair must be the plan for a small one: from the averages of a big ledger the
// planner would rather scan all of it for each pair. Whole tables are read as they lie and hashed: in
// the order of an index for a merge they take ten times as long.
const scanning = statement(
  "stock_verify_scanning",
  `select set_config('enable_seqscan', $1, true), set_config('enable_bitmapscan', $1, true),
     set_config('max_parallel_workers_per_gather', case $1 when 'off' then '0' else '2' end, true),
     set_config('enable_mergejoin', case $1 when 'off' then 'on' else 'off' end, true),
     set_config('work_mem', '64MB', true)`,
);

/** For the rest of the transaction: whether whole tables may be scanned. */
export async function allowScans(db: Db, isAllowed: boolean): Promise<void> {
  await db.run(scanning, [isAllowed ? "on" : "off"]);
}

const pairsPerPage = 200;

const pairColumns = `item_id as "itemId", site_id as "siteId", quantity, value,
  short_quantity as "shortQuantity"`;
const pairs = statement(
  "stock_verify_pairs",
  `select ${pairColumns} from stock.balances where (item_id, site_id) > ($1, $2)
   order by item_id, site_id limit ${pairsPerPage}`,
);
const pairsOfSite = statement(
  "stock_verify_pairs_of_site",
  `select ${pairColumns} from stock.balances where item_id > $1 and site_id = $2
   order by item_id limit ${pairsPerPage}`,
);

const nobody = "00000000-0000-0000-0000-000000000000";

/** Balances by item and site, a page at a time. */
export async function* eachPair(db: Db, siteId: string | undefined): AsyncGenerator<BalancePair> {
  let last: BalancePair | undefined;
  while (true) {
    const after = last?.itemId ?? nobody;
    const rows = siteId
      ? await db.run<BalancePair>(pairsOfSite, [after, siteId])
      : await db.run<BalancePair>(pairs, [after, last?.siteId ?? nobody]);
    yield* rows;
    last = rows.at(-1);
    if (rows.length < pairsPerPage) return;
  }
}

export const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

const layers = statement(
  "stock_verify_layers",
  `select id, lot_id as "lotId", quantity_in as "quantityIn", value_in as "valueIn", quantity,
      value,
     ${micros("effective_at")} as "effectiveAt", ${micros("arrived_at")} as "arrivedAt", seq,
     expires_on as "expiresOn", is_held as "isHeld",
     (select json_agg(json_build_object('layerId', h.layer_id, 'seq', h.seq, 'isHeld', h.is_held))
      from stock.layer_holds h where h.layer_id = l.id) as flips
   from stock.layers l where item_id = $1 and site_id = $2`,
);

interface LayerRow {
  readonly id: string;
  readonly lotId: string;
  readonly quantityIn: string;
  readonly valueIn: string;
  readonly quantity: string;
  readonly value: string;
  readonly effectiveAt: string;
  readonly arrivedAt: string | null;
  readonly seq: string;
  readonly expiresOn: string | null;
  readonly isHeld: boolean;
  readonly flips: readonly ReplayFlip[] | null;
}

/** All layers of one item at one site, and when they were held and released. */
export async function listReplayLayers(
  db: Db,
  pair: BalancePair,
): Promise<{ readonly layers: ReplayLayer[]; readonly flips: ReplayFlip[] }> {
  const rows = await db.run<LayerRow>(layers, [pair.itemId, pair.siteId]);
  const flips = rows.flatMap((row) => row.flips ?? []).sort((a, b) => a.seq - b.seq);
  return { layers: rows.map(toLayer), flips };
}

function toLayer({ flips: _, ...row }: LayerRow): ReplayLayer {
  return {
    ...row,
    quantityIn: toMicro(row.quantityIn),
    valueIn: toMicro(row.valueIn),
    quantity: toMicro(row.quantity),
    value: toMicro(row.value),
    effectiveAt: Number(row.effectiveAt),
    arrivedAt: row.arrivedAt === null ? null : Number(row.arrivedAt),
    seq: Number(row.seq),
  };
}

const facts = statement(
  "stock_verify_facts",
  `select (select count(*) from stock.shortfalls where item_id = $1 and site_id = $2) as shortfalls,
     (select coalesce(json_agg(distinct source_line_id), '[]') from stock.movements
       where item_id = $1 and site_id = $2 and type = 'refund') as "refundedLineIds"`,
);

interface FactsRow {
  readonly shortfalls: string;
  readonly refundedLineIds: readonly string[];
}

/** How many shortfalls there are of this item at this site, and which lines were refunded in it. */
export async function readPairFacts(db: Db, pair: BalancePair) {
  const [row] = await db.run<FactsRow>(facts, [pair.itemId, pair.siteId]);
  return { shortfalls: Number(row?.shortfalls ?? 0), refundedLineIds: row?.refundedLineIds ?? [] };
}

const costs = statement(
  "stock_verify_costs",
  `select c.seq, c.source_line_id as "lineId", c.layer_id as "layerId", c.value
   from stock.layers l join stock.cost_adjustments c on c.layer_id = l.id
   where l.item_id = $1 and l.site_id = $2 and c.kind in ('sale', 'void')
     and c.source_line_id = any($3::uuid[])
   order by c.seq`,
);

interface CostRow {
  readonly seq: string;
  readonly lineId: string;
  readonly layerId: string;
  readonly value: string;
}

/** What late prices these lines of sales bore, in the order of recording. */
export async function listReplayCosts(
  db: Db,
  { itemId, siteId }: BalancePair,
  lineIds: readonly string[],
): Promise<ReplayCost[]> {
  if (lineIds.length === 0) return [];
  const rows = await db.run<CostRow>(costs, [itemId, siteId, lineIds]);
  return rows.map((row) => ({ ...row, seq: Number(row.seq), value: toMicro(row.value) }));
}
