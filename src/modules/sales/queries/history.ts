import { statement, type Tx } from "#platform/db.ts";

/** One imported ticket, without till, receipt, payment or stock. */
export interface HistoryRow {
  readonly saleId: string;
  readonly foreignNumber: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly total: string;
}

export interface HistoryLineRow {
  /** Which of the tickets, from 1. */
  readonly sale: number;
  readonly lineId: string;
  readonly position: number;
  readonly itemId: string;
  readonly name: string;
  readonly unit: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
}

export interface HistoryTerms {
  readonly siteId: string;
  readonly actor: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
}

// The tax of another system's ticket is unknown: none is shown, and the total is what was paid.
const insert = statement(
  "sale_insert_history",
  `with given as (
     select * from unnest($6::uuid[], $7::text[], $8::date[], $9::timestamptz[], $10::numeric[])
       with ordinality as u (id, foreign_number, business_date, sold_at, total, n)
   ), line as (
     insert into sales.sale_lines (sale_id, position, id, item_id, name, unit, quantity,
       stock_quantity, factor_numerator, factor_denominator, unit_price, gross, discount, tax_code,
       tax_rate, net, tax, total)
     select g.id, u.position, u.id, a.item_id, a.name, a.unit, u.quantity, u.quantity, 1, 1,
       u.unit_price, u.total, 0, null, 0, u.total, 0, u.total
     from unnest($11::integer[], $12::uuid[], $13::integer[], $14::integer[], $15::numeric[],
       $16::numeric[], $17::numeric[])
       as u (sale, id, position, article, quantity, unit_price, total)
     join given g on g.n = u.sale
     join unnest($18::uuid[], $19::text[], $20::text[]) with ordinality
       as a (item_id, name, unit, n) on a.n = u.article
   )
   insert into sales.sales (id, kind, site_id, till_id, foreign_number, business_date, sold_at,
     actor, currency, minor_digits, prices_include_tax, order_discount, net, tax, total, change,
     rounding)
   select id, 'history', $1, null, foreign_number, business_date, sold_at, $2, $3, $4, $5, 0, total,
     0, total, 0, 0
   from given`,
);

const columns = [
  "saleId",
  "foreignNumber",
  "businessDate",
  "soldAt",
  "total",
] as const satisfies readonly (keyof HistoryRow)[];
const lineColumns = [
  "sale",
  "lineId",
  "position",
  "article",
  "quantity",
  "unitPrice",
  "total",
] as const;

/** Writes imported tickets and their lines, in one statement however many. */
export async function insertHistory(
  tx: Tx,
  terms: HistoryTerms,
  rows: readonly HistoryRow[],
  lines: readonly HistoryLineRow[],
): Promise<void> {
  const { siteId, actor, currency, minorDigits, pricesIncludeTax } = terms;
  const { articles, told } = byArticle(lines);
  await tx.run(insert, [
    siteId,
    actor,
    currency,
    minorDigits,
    pricesIncludeTax,
    ...columns.map((column) => rows.map((row) => row[column])),
    ...lineColumns.map((column) => told.map((line) => line[column])),
    ...(["itemId", "name", "unit"] as const).map((field) => articles.map((each) => each[field])),
  ]);
}

type Article = Pick<HistoryLineRow, "itemId" | "name" | "unit">;

/** The same few articles come again and again: each is sent once, lines name them by number. */
function byArticle(lines: readonly HistoryLineRow[]) {
  const numbers = new Map<string, number>();
  const articles: Article[] = [];
  const told = lines.map((line) => {
    const key = `${line.itemId} ${line.unit} ${line.name}`;
    let article = numbers.get(key);
    if (article === undefined) {
      article = articles.push(line);
      numbers.set(key, article);
    }
    return { ...line, article };
  });
  return { articles, told };
}
