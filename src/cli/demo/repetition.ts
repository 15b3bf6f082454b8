import pg from "pg";
import {
  listChainHeads,
  listReceipts,
  type StoredReceipt,
} from "#modules/sales/queries/receipts.ts";
import { chainHash, receiptContent } from "#modules/sales/rules/receipt.ts";
import type { Db } from "#platform/db.ts";
import { instantText } from "#platform/db-connections.ts";
import type { Reach } from "#platform/trusted-ca.ts";
import { addDays, dayMs } from "./calendar.ts";

// What has been recorded once through the services is copied, period by period, with its times moved
// on. It begins and ends with empty shelves, so each copy is as true as the original: verify replays
// all of them. This writes the tables of several modules, as a restored backup would.

export interface Period {
  /** The clock whose readings stay the same in every copy. */
  readonly zone: string;
  readonly days: number;
  /** The end of the original: ids made by the clock of today are later than that. */
  readonly end: Date;
  /** How many copies there will be in all: ids made today are moved back from there. */
  readonly copies: number;
}

export interface Repetition {
  /** Adds copies `from` to `to`, counted from 1, in one transaction; says how far it is. */
  add(from: number, to: number, done?: (copy: number) => void): Promise<void>;
  close(): Promise<void>;
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** Ids of what every copy shares. */
const shared: ReadonlySet<string> = new Set([
  "item_id",
  "site_id",
  "from_site_id",
  "to_site_id",
  "till_id",
  "supplier_id",
  "recipe_id",
]);

const columnsOfBooks = `
  select c.table_schema || '.' || c.table_name as "table", c.column_name as name,
    c.data_type as type
  from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
  where c.table_schema in ('stock', 'production', 'sales') and t.table_type = 'BASE TABLE'
    and c.is_generated = 'NEVER' and (c.table_schema, c.table_name) <> ('stock', 'balances')
  order by 1, c.ordinal_position`;

// A UUIDv7 with its time moved, which keeps it unique: 48 bits of milliseconds, then what is random.
// Ids of documents tell the time of the demo and go on; ids made today go back, never to tomorrow.
const moved = `
  create function pg_temp.moved(id uuid, copy integer) returns uuid language sql immutable as $$
    select (lpad(to_hex(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint
      + case when id < '{end}' then copy else copy - {copies} - 1 end * {ms}), 12, '0')
      || right(replace(id::text, '-', ''), 20))::uuid
  $$`;

/** Remembers what is in the books now as the original of all copies. */
export async function openRepetition(db: Db, owner: Reach, period: Period): Promise<Repetition> {
  const receipts = await receiptsByTill(db);
  const client = new pg.Client({ ...owner, options: "-c TimeZone=UTC" });
  client.on("error", () => {});
  await client.connect();
  const columns = (await client.query<Column>(columnsOfBooks)).rows;
  const tables = await parentsFirst(client, new Set(columns.map(({ table }) => table)));
  for (const table of tables) {
    await client.query(`create temp table ${original(table)} as table ${table}`);
  }
  const end = period.end.getTime().toString(16).padStart(12, "0");
  await client.query(
    moved
      .replace("{end}", `${end.slice(0, 8)}-${end.slice(8)}-0000-0000-000000000000`)
      .replace("{copies}", String(period.copies))
      .replace("{ms}", String(period.days * dayMs)),
  );
  await client.query("create temp table chain (id uuid, copy integer, number bigint, hash text)");
  const span = await spanOf(client, columns);
  return {
    add: (from, to, done) =>
      inTransaction(client, async () => {
        for (let first = from; first <= to; first += copiesAtOnce) {
          const copies = { from: first, to: Math.min(first + copiesAtOnce - 1, to) };
          await chainReceipts(client, receipts, period, copies);
          const offset = await reserve(client, span, copies);
          for (const table of tables) {
            const own = columns.filter((column) => column.table === table);
            const seq = `o.seq + ${offset} + (c.copy - ${copies.from}) * ${span.count}`;
            await client.query(copyOf(table, own, period, seq), [copies.from, copies.to]);
          }
          done?.(copies.to);
        }
        await advance(client, receipts, to);
      }),
    close: () => client.end(),
  };
}

const copiesAtOnce = 10;

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("begin");
  try {
    await work();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

interface Till {
  readonly tillId: string;
  readonly receipts: readonly StoredReceipt[];
  hash: string;
}

async function receiptsByTill(db: Db): Promise<Till[]> {
  const tills: Till[] = [];
  for (const { tillId, receiptNumber, receiptHash } of await listChainHeads(db)) {
    const receipts = await listReceipts(db, tillId, 0, receiptNumber);
    tills.push({ tillId, receipts, hash: receiptHash });
  }
  return tills;
}

interface Copies {
  readonly from: number;
  readonly to: number;
}

const original = (table: string) => `original_${table.replace(".", "_")}`;

/** The hash of a copied receipt covers its own id and times, and the receipt before it. */
async function chainReceipts(
  client: pg.Client,
  tills: readonly Till[],
  period: Period,
  { from, to }: Copies,
): Promise<void> {
  await client.query("truncate chain");
  const { rows } = await client.query<{ id: string; copy: number; moved: string; at: string }>(
    `select o.id, copy, pg_temp.moved(o.id, copy) as moved,
       (${movedInstant("o.sold_at", period)})::text as at
     from ${original("sales.sales")} o, generate_series($1::integer, $2) copy
     where o.receipt_number is not null`,
    [from, to],
  );
  const moves = new Map(rows.map((row) => [`${row.id} ${row.copy}`, row]));
  const chained: [string[], number[], number[], string[]] = [[], [], [], []];
  for (const till of tills) {
    for (let copy = from; copy <= to; copy++) {
      for (const receipt of till.receipts) {
        const move = moves.get(`${receipt.id} ${copy}`);
        if (move === undefined) throw new Error("a till has a receipt without a sale");
        const number = copy * till.receipts.length + receipt.receiptNumber;
        const businessDate = addDays(receipt.businessDate, copy * period.days);
        const sale = { ...receipt, id: move.moved, soldAt: instantText(move.at), businessDate };
        const content = receiptContent(sale, receipt.lines, receipt.payments);
        till.hash = chainHash(till.hash, number, content);
        chained[0].push(receipt.id);
        chained[1].push(copy);
        chained[2].push(number);
        chained[3].push(till.hash);
      }
    }
  }
  await client.query(
    `insert into chain select * from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::text[])`,
    chained,
  );
  await client.query("analyze chain");
}

const references = `
  select conrelid::regclass::text as child, confrelid::regclass::text as parent
  from pg_constraint where contype = 'f'`;

/** Tables in an order in which none comes before one that it refers to. */
async function parentsFirst(client: pg.Client, tables: ReadonlySet<string>): Promise<string[]> {
  const { rows } = await client.query<{ child: string; parent: string }>(references);
  const ordered = new Set<string>();
  const place = (table: string) => {
    for (const { child, parent } of rows) {
      if (child === table && parent !== table && tables.has(parent)) place(parent);
    }
    ordered.add(table);
  };
  for (const table of tables) place(table);
  return [...ordered];
}

interface Span {
  readonly first: bigint;
  readonly count: bigint;
}

/** The order of recording of the original: its first number and how many there are. */
async function spanOf(client: pg.Client, columns: readonly Column[]): Promise<Span> {
  const ordered = columns.filter(({ name }) => name === "seq");
  const all = ordered.map(({ table }) => `select seq from ${original(table)}`).join(" union all ");
  const { rows } = await client.query<{ first: string; last: string }>(
    `select min(seq) as first, max(seq) as last from (${all}) o`,
  );
  const [first, last] = [BigInt(rows[0]?.first ?? 0), BigInt(rows[0]?.last ?? 0)];
  return { first, count: last - first + 1n };
}

/** Draws the numbers of the copies; what to add to the original's for the first of them. */
async function reserve(client: pg.Client, span: Span, { from, to }: Copies): Promise<bigint> {
  const { rows } = await client.query<{ first: string }>(
    `select min(n) as first
     from (select nextval('stock.recording_order') as n from generate_series(1, $1::bigint)) drawn`,
    [String(span.count * BigInt(to - from + 1))],
  );
  return BigInt(rows[0]?.first ?? 0) - span.first;
}

async function advance(client: pg.Client, tills: readonly Till[], to: number): Promise<void> {
  for (const { tillId, receipts, hash } of tills) {
    await client.query(
      "update sites.tills set receipt_number = $2, receipt_hash = $3 where id = $1",
      [tillId, (to + 1) * receipts.length, hash],
    );
  }
}

function copyOf(table: string, columns: readonly Column[], period: Period, seq: string): string {
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const values = columns
    .map((column) => (column.name === "seq" ? seq : copied(column, period)))
    .join(", ");
  const chain =
    table === "sales.sales" ? "left join chain h on h.id = o.id and h.copy = c.copy" : "";
  const order = columns.some(({ name }) => name === "seq") ? "order by c.copy, o.seq" : "";
  return `insert into ${table} (${names}) select ${values}
    from generate_series($1::integer, $2::integer) c (copy) cross join ${original(table)} o
    ${chain} ${order}`;
}

const movedInstant = (column: string, { zone, days }: Period, copy = "copy") =>
  `(${column} at time zone '${zone}' + ${copy} * interval '${days} days') at time zone '${zone}'`;

function copied({ table, name, type }: Column, period: Period): string {
  const column = `o."${name}"`;
  if (table === "sales.sales" && name === "receipt_number") return "h.number";
  if (table === "sales.sales" && name === "receipt_hash") return "h.hash";
  if (type === "uuid" && !shared.has(name)) return `pg_temp.moved(${column}, c.copy)`;
  if (type === "timestamp with time zone") return movedInstant(column, period, "c.copy");
  if (type === "date") return `${column} + c.copy * ${period.days}`;
  return column;
}
