import { type Db, statement } from "#platform/db.ts";
import type { ReplayMovement } from "../rules/replay.ts";
import { toMicro } from "../rules/replay-micro.ts";
import { type BalancePair, micros } from "./replay.ts";

/** The movements of one item at one site in the order of recording, a page at a time. */
export type MovementPages = (pair: BalancePair) => AsyncGenerator<ReplayMovement[]>;

const rowsPerPage = 2_000;

const columns = `m.id, m.seq, m.type, m.quantity, m.value, ${micros("m.effective_at")} as "effectiveAt",
     m.effective_on as "effectiveOn", m.source_id as "sourceId",
     m.source_line_id as "sourceLineId", m.pick, m.lot_id as "lotId", m.reverses,
     a.layer_id as "layerId", a.quantity as "allocatedQuantity", a.value as "allocatedValue"`;

// Lateral, and not to be flattened: a join would hash all allocations for each page.
const pageOfPair = statement(
  "stock_verify_movements",
  `select ${columns}
   from (select * from stock.movements where item_id = $1 and site_id = $2 and seq > $3
         order by seq limit ${rowsPerPage}) m
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

/** By look-ups: for the books of one site among many. */
export function movementsByLookUp(db: Db): MovementPages {
  return async function* ({ itemId, siteId }) {
    const pageAfter = (seq: number) => db.run<MovementRow>(pageOfPair, [itemId, siteId, seq]);
    let coming: Promise<MovementRow[]> | undefined = pageAfter(0);
    while (coming !== undefined) {
      const page: ReplayMovement[] = grouped(await coming);
      const last = page.at(-1);
      const isFull = last !== undefined && page.length >= rowsPerPage;
      // The next page is on its way while this one is replayed.
      coming = isFull ? pageAfter(last.seq) : undefined;
      coming?.catch(() => {});
      yield page;
    }
  };
}

interface PairRow extends MovementRow {
  readonly itemId: string;
  readonly siteId: string;
}

const planAll = statement(
  "stock_verify_plan_all",
  "select set_config('cursor_tuple_fraction', '1', true)",
);
const openAll = statement(
  "stock_verify_open_all",
  `declare stock_verify_all no scroll cursor for
   select m.item_id as "itemId", m.site_id as "siteId", ${columns}
   from stock.movements m left join stock.allocations a on a.movement_id = m.id
   order by m.item_id, m.site_id, m.seq, m.id`,
);
const fetchAll = statement("stock_verify_fetch_all", `fetch ${rowsPerPage} from stock_verify_all`);

/**
 * All movements in one pass, joined and sorted by PostgreSQL: two thirds of the time of as many look-ups.
 * Ask for every pair, in the order of item and site. Needs whole tables to be allowed when it opens.
 */
export async function movementsInOnePass(db: Db): Promise<MovementPages> {
  await db.run(planAll);
  await db.run(openAll);
  const fetch = () => {
    const page = db.run<PairRow>(fetchAll);
    // Sent ahead: whoever waits for it sees its error, and nobody may be left to wait.
    page.catch(() => {});
    return page;
  };
  let coming = fetch();
  let rows: PairRow[] = [];
  let isOver = false;
  async function refill(): Promise<void> {
    const more = await coming;
    isOver = more.length === 0;
    if (!isOver) coming = fetch();
    rows = rows.concat(more);
  }
  return async function* (pair) {
    const key = keyOf(pair);
    for (;;) {
      // Rows before it belong to no balance: the look for orphans names them.
      rows = rows.slice(countUntil(rows, (row) => keyOf(row) >= key));
      const own = countUntil(rows, (row) => keyOf(row) > key);
      const isWhole = own < rows.length || isOver;
      // The allocations of the last movement may go on in the next rows.
      const last = rows.at(-1)?.id;
      const ready = isWhole ? own : countUntil(rows, (row) => row.id === last);
      if (ready > 0) {
        const page = grouped(rows.slice(0, ready));
        rows = rows.slice(ready);
        yield page;
      }
      if (isWhole) return;
      await refill();
    }
  };
}

const keyOf = ({ itemId, siteId }: Pick<BalancePair, "itemId" | "siteId">) => `${itemId}${siteId}`;

function countUntil<T>(rows: readonly T[], isFound: (row: T) => boolean): number {
  const index = rows.findIndex(isFound);
  return index === -1 ? rows.length : index;
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
