import { type Db, statement } from "#platform/db.ts";
import { trimZeros } from "#platform/decimal.ts";
import { cursorKeys, dateKey, numberKey, type PageQuery, pageOf, textKey } from "#platform/page.ts";
import type {
  TillArticle,
  TillArticlePage,
  TillDay,
  TillDayPage,
  TillFlagPage,
} from "../model/till-exports.ts";
import { toldOf } from "../rules/till/flags.ts";

const listFlagPage = statement(
  "till_flags_list",
  `select row_number as row, code, column_name as column from imports.till_flags
   where import_id = $1
     and ($2::bigint is null or (row_number, code, column_name) > ($2, $3, $4))
   order by row_number, code, column_name limit $5`,
);

interface FlagRow {
  readonly row: number;
  readonly code: string;
  readonly column: string;
}

export interface ReportQuery extends PageQuery {
  readonly id: string;
}

/** Every flag, in the order of the file. */
export async function listFlags(db: Db, query: ReportQuery): Promise<TillFlagPage> {
  const [row = null, code, column] = cursorKeys(query, numberKey, textKey, textKey) ?? [];
  const values = [query.id, row, code ?? null, column ?? null, query.limit + 1];
  const rows = await db.run<FlagRow>(listFlagPage, values);
  return pageOf(
    rows,
    query,
    (each) => [String(each.row), each.code, each.column],
    (each) => ({ row: each.row, column: each.column || null, ...toldOf(each.code) }),
  );
}

const listDayPage = statement(
  "till_days_list",
  `select business_date as "businessDate", tickets, lines, quantity, total,
     return_lines as "returnLines", returned_quantity as "returnedQuantity",
     returned_total as "returnedTotal"
   from imports.till_days
   where import_id = $1 and ($2::date is null or business_date > $2)
   order by business_date limit $3`,
);

/** What the file says of each business date. */
export async function listDays(db: Db, query: ReportQuery): Promise<TillDayPage> {
  const [after = null] = cursorKeys(query, dateKey) ?? [];
  const rows = await db.run<TillDay>(listDayPage, [query.id, after, query.limit + 1]);
  return pageOf(rows, query, (day) => [day.businessDate], trimmed);
}

function trimmed(day: TillDay): TillDay {
  return {
    ...day,
    quantity: trimZeros(day.quantity),
    total: trimZeros(day.total),
    returnedQuantity: trimZeros(day.returnedQuantity),
    returnedTotal: trimZeros(day.returnedTotal),
  };
}

const others = (condition: string) => `(
  select coalesce(json_agg(b.spelling order by b.position), '[]') from imports.till_articles b
  where b.import_id = a.import_id and b.position <> a.position and ${condition})`;

const listArticlePage = statement(
  "till_articles_list",
  `select a.position, a.spelling, a.item_id as "itemId", a.outcome, a.lines,
     ${others("b.name_key = a.name_key")} as "sameAs",
     ${others(
       "b.loose_key = a.loose_key and b.name_key <> a.name_key and b.item_id is distinct from a.item_id",
     )} as similar
   from imports.till_articles a
   where a.import_id = $1 and ($2::bigint is null or a.position > $2)
   order by a.position limit $3`,
);

/** Each spelling of an article, in the order of the file. */
export async function listArticles(db: Db, query: ReportQuery): Promise<TillArticlePage> {
  const [after = null] = cursorKeys(query, numberKey) ?? [];
  const rows = await db.run<TillArticle>(listArticlePage, [query.id, after, query.limit + 1]);
  return pageOf(
    rows,
    query,
    (article) => [String(article.position)],
    (article) => article,
  );
}
