import type { CommandName } from "./journal.ts";
import type { Sql } from "./sql.ts";

/** What the database holds of one command. */
export interface Recorded {
  /** Its kind and id. */
  readonly place: string;
  /** By the path of the field in the answer. */
  readonly totals: Readonly<Record<string, string | number | null>>;
  readonly sums: readonly { what: string; expected: string; actual: string }[];
  readonly till?: string;
  readonly receiptNumber?: number;
}

/** All that the tills' commands can have left at a site, read without the product's own queries. */
export async function readRecorded(sql: Sql, siteId: string) {
  const found = [
    ...(await readSales(sql, siteId)),
    ...(await readVoids(sql, siteId)),
    ...(await readRefunds(sql, siteId)),
    ...(await readReceipts(sql, siteId)),
    ...(await readRuns(sql, siteId)),
  ];
  return { byId: new Map(found.map((each) => [each.place, each])) };
}

const place = (name: CommandName, id: string) => `${name} ${id}`;

interface SaleRow {
  readonly id: string;
  readonly till_id: string;
  readonly receipt_number: string;
  readonly receipt_hash: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly change: string;
  readonly rounding: string;
  readonly paid: string;
  readonly lines: readonly { id: string; total: string; sold: string; issued: string }[];
}

// A sale's effect on stock is what its movements took and its shortfalls owe: once, it is its lines.
const sales = `
  select s.id, s.till_id, s.receipt_number, s.receipt_hash, s.net, s.tax, s.total, s.change,
    s.rounding,
    (select coalesce(sum(p.amount), 0) from sales.payments p where p.sale_id = s.id) as paid,
    (select json_agg(json_build_object('id', l.id, 'total', l.total::text,
        'sold', l.stock_quantity::text,
        'issued', (
          (select coalesce(sum(-m.quantity), 0) from stock.movements m
           where m.source_id = s.id and m.source_line_id = l.id and m.type = 'sale')
          + (select coalesce(sum(f.quantity), 0) from stock.shortfalls f
             where f.source_line_id = l.id))::text) order by l.position)
      from sales.sale_lines l where l.sale_id = s.id) as lines
  from sales.sales s where s.site_id = $1`;

async function readSales(sql: Sql, siteId: string): Promise<Recorded[]> {
  return (await sql.rows<SaleRow>(sales, [siteId])).map((row) => {
    const { id, net, tax, total, change, rounding, lines } = row;
    const amounts = lines.map((line) => Number(line.total)).reduce((sum, each) => sum + each, 0);
    const byLine = lines.flatMap((line, index) => [
      [`lines.${index}.id`, line.id],
      [`lines.${index}.total`, line.total],
    ]);
    return {
      place: place("sale", id),
      till: row.till_id,
      receiptNumber: Number(row.receipt_number),
      totals: {
        net,
        tax,
        total,
        change,
        rounding,
        receiptNumber: row.receipt_number,
        receiptHash: row.receipt_hash,
        "lines.length": lines.length,
        ...Object.fromEntries(byLine),
      },
      sums: [
        { what: "I5 payments", expected: plus(total, change, rounding), actual: row.paid },
        { what: "I5 lines", expected: total, actual: amounts.toFixed(4) },
        ...lines.map(({ sold, issued }) => ({
          what: "I1 the stock moved",
          expected: sold,
          actual: issued,
        })),
      ],
    };
  });
}

function plus(...amounts: string[]): string {
  return amounts.reduce((sum, each) => sum + Number(each), 0).toFixed(4);
}

const voids = `
  select v.sale_id as id, s.total, v.reason from sales.voids v
  join sales.sales s on s.id = v.sale_id where s.site_id = $1`;

async function readVoids(sql: Sql, siteId: string): Promise<Recorded[]> {
  const rows = await sql.rows<{ id: string; total: string }>(voids, [siteId]);
  return rows.map(({ id, total }) => ({
    place: place("void", id),
    totals: { id, total, status: "voided" },
    sums: [],
  }));
}

interface RefundRow {
  readonly id: string;
  readonly key: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly rounding: string;
  readonly paid: string;
  readonly returning: string;
  readonly returned: string;
  readonly wasting: string;
  readonly wasted: string;
}

// What comes back to the shelf, or off what the books owed, is what was given back in kind; and what
// is thrown away leaves again, but for what was never there.
const refunds = `
  with line as (
    select refund_id, sum(quantity) filter (where disposition <> 'none') as kept
    from sales.refund_lines group by 1
  ), moved as (
    select source_id,
      sum(quantity) filter (where type = 'refund') as back,
      -sum(quantity) filter (where type = 'refund_waste') as wasted,
      bool_or(type = 'refund_waste') as is_waste
    from stock.movements where type in ('refund', 'refund_waste') group by 1
  )
  select r.id, substring(r.reason from 8) as key, r.net, r.tax, r.total, r.rounding,
    (select coalesce(sum(p.amount), 0) from sales.refund_payments p where p.refund_id = r.id) as paid,
    coalesce(l.kept, 0) as returning,
    coalesce(m.back, 0) + coalesce((select sum(c.quantity) from stock.shortfall_cancellations c
      where c.source_id = r.id), 0) as returned,
    case when m.is_waste then m.back else 0 end as wasting, coalesce(m.wasted, 0) as wasted
  from sales.refunds r join line l on l.refund_id = r.id left join moved m on m.source_id = r.id
  where r.site_id = $1`;

async function readRefunds(sql: Sql, siteId: string): Promise<Recorded[]> {
  return (await sql.rows<RefundRow>(refunds, [siteId])).map((row) => {
    const { id, net, tax, total, rounding } = row;
    return {
      place: place("refund", row.key),
      totals: { id, net, tax, total, rounding, "lines.length": 1 },
      sums: [
        { what: "I5 payments", expected: plus(total, rounding), actual: row.paid },
        { what: "I1 the stock returned", expected: row.returning, actual: row.returned },
        { what: "I1 the stock wasted", expected: row.wasting, actual: row.wasted },
      ],
    };
  });
}

interface ReceiptRow {
  readonly id: string;
  readonly lines: readonly { id: string; cost: string; quantity: string; layer: string }[];
  readonly quantity: string;
  readonly value: string;
  readonly moved_quantity: string;
  readonly moved_value: string;
}

const receipts = `
  select r.id, sum(l.quantity) as quantity, sum(l.total_cost) as value,
    json_agg(json_build_object('id', l.id, 'cost', l.total_cost::text, 'layer', l.layer_id,
      'quantity', l.quantity::text) order by l.position) as lines,
    (select coalesce(sum(m.quantity), 0) from stock.movements m
     where m.source_id = r.id and m.type = 'receipt') as moved_quantity,
    (select coalesce(sum(m.value), 0) from stock.movements m
     where m.source_id = r.id and m.type = 'receipt') as moved_value
  from stock.receipts r join stock.receipt_lines l on l.receipt_id = r.id
  where r.site_id = $1 group by r.id`;

async function readReceipts(sql: Sql, siteId: string): Promise<Recorded[]> {
  return (await sql.rows<ReceiptRow>(receipts, [siteId])).map((row) => ({
    place: place("receipt", row.id),
    totals: {
      "lines.length": row.lines.length,
      ...Object.fromEntries(
        row.lines.flatMap((line, index) => [
          [`lines.${index}.id`, line.id],
          [`lines.${index}.totalCost`, line.cost],
          [`lines.${index}.stockQuantity`, line.quantity],
          [`lines.${index}.layerId`, line.layer],
        ]),
      ),
    },
    sums: [
      { what: "I1 the stock moved", expected: row.quantity, actual: row.moved_quantity },
      { what: "I1 the value moved", expected: row.value, actual: row.moved_value },
    ],
  }));
}

interface RunRow {
  readonly id: string;
  readonly actual_output: string;
  readonly materials_value: string;
  readonly total_cost: string;
  readonly layer_id: string | null;
  readonly made: string;
  readonly used: string;
}

const runs = `
  select r.id, r.actual_output, r.materials_value, r.total_cost, r.layer_id,
    (select coalesce(sum(m.quantity), 0) from stock.movements m
     where m.source_id = r.id and m.type = 'output') as made,
    (select coalesce(sum(-m.value), 0) from stock.movements m
     where m.source_id = r.id and m.type = 'consumption') as used
  from production.runs r where r.site_id = $1`;

async function readRuns(sql: Sql, siteId: string): Promise<Recorded[]> {
  return (await sql.rows<RunRow>(runs, [siteId])).map((row) => ({
    place: place("run", row.id),
    totals: {
      actualOutput: row.actual_output,
      materials: row.materials_value,
      totalCost: row.total_cost,
      layerId: row.layer_id,
    },
    sums: [
      { what: "I1 the stock made", expected: row.actual_output, actual: row.made },
      { what: "I1 the value used", expected: row.materials_value, actual: row.used },
    ],
  }));
}
