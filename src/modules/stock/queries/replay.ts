import { type Db, statement } from "#platform/db.ts";
import type { ReplayFlip, ReplayMovement } from "../rules/replay.ts";
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
// planner would rather scan all of it for each pair.
const scanning = statement(
  "stock_verify_scanning",
  `select set_config('enable_seqscan', $1, true), set_config('enable_bitmapscan', $1, true),
     set_config('max_parallel_workers_per_gather', case $1 when 'off' then '0' else '2' end, true),
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

const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

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

const movementsPerPage = 2_000;

// Lateral, and not to be flattened: a join would hash all allocations for each page.
const movements = statement(
  "stock_verify_movements",
  `select m.id, m.seq, m.type, m.quantity, m.value, ${micros("m.effective_at")} as "effectiveAt",
     m.effective_on as "effectiveOn", m.source_id as "sourceId", m.source_line_id as "sourceLineId", m.pick, m.lot_id as "lotId",
     m.reverses, a.layer_id as "layerId", a.quantity as "allocatedQuantity",
     a.value as "allocatedValue"
   from (select * from stock.movements where item_id = $1 and site_id = $2 and seq > $3
         order by seq limit ${movementsPerPage}) m
   left join lateral (select layer_id, quantity, value from stock.allocations
     where movement_id = m.id offset 0) a on true
   order by m.seq, m.id`,
);

interface MovementRow {
  readonly id: string;
  readonly seq: string;
  readonly type: string;
  readonly quantity: string;
  readonly value: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly sourceId: string;
  readonly sourceLineId: string | null;
  readonly pick: string | null;
  readonly lotId: string | null;
  readonly reverses: string | null;
  readonly layerId: string | null;
  readonly allocatedQuantity: string;
  readonly allocatedValue: string;
}

/** The movements of one item at one site in the order of recording, a page at a time. */
export async function* eachMovementPage(
  db: Db,
  { itemId, siteId }: BalancePair,
): AsyncGenerator<ReplayMovement[]> {
  const pageAfter = (seq: number) => db.run<MovementRow>(movements, [itemId, siteId, seq]);
  let coming: Promise<MovementRow[]> | undefined = pageAfter(0);
  while (coming !== undefined) {
    const page: ReplayMovement[] = grouped(await coming);
    const last = page.at(-1);
    const isFull = last !== undefined && page.length >= movementsPerPage;
    // The next page is on its way while this one is replayed.
    coming = isFull ? pageAfter(last.seq) : undefined;
    coming?.catch(() => {});
    yield page;
  }
}

function grouped(rows: readonly MovementRow[]): ReplayMovement[] {
  const page: ReplayMovement[] = [];
  let open: { id: string; allocations: ReplayMovement["allocations"][number][] } | undefined;
  for (const row of rows) {
    if (open?.id !== row.id) {
      open = { id: row.id, allocations: [] };
      page.push({
        id: row.id,
        seq: Number(row.seq),
        type: row.type,
        quantity: toMicro(row.quantity),
        value: toMicro(row.value),
        effectiveAt: Number(row.effectiveAt),
        effectiveOn: row.effectiveOn,
        sourceId: row.sourceId,
        sourceLineId: row.sourceLineId,
        pick: row.pick,
        lotId: row.lotId,
        reverses: row.reverses,
        allocations: open.allocations,
      });
    }
    if (row.layerId === null) continue;
    const quantity = toMicro(row.allocatedQuantity);
    open.allocations.push({ layerId: row.layerId, quantity, value: toMicro(row.allocatedValue) });
  }
  return page;
}
