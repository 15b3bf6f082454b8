import { type Db, statement } from "#platform/db.ts";

/**
 * What a sale is priced by: one row an item asked for, with the site, till and company beside it.
 */
export interface TermsRow {
  readonly isSiteInUse: boolean;
  readonly hasTill: boolean;
  readonly pricesIncludeTax: boolean;
  readonly currency: string;
  readonly isCurrencyLocked: boolean;
  readonly cashStep: string | null;
  readonly soldAt: string;
  readonly effectiveOn: string;
  readonly businessDate: string;
  readonly isInWindow: boolean;
  readonly isClosed: boolean;
  readonly itemId: string | null;
  readonly name: string;
  readonly unit: string;
  readonly isUnitLocked: boolean;
  readonly stocking: "stocked" | "made_to_order" | "none";
  readonly price: string | null;
  readonly taxCode: string | null;
  readonly taxRate: string | null;
  readonly hasBalance: boolean;
}

// Everything a sale must know, in one read without locks: prices and rates as of this moment.
const readTerms = statement(
  "sale_terms",
  `select s.archived_at is null as "isSiteInUse",
     t.id is not null as "hasTill",
     s.prices_include_tax as "pricesIncludeTax",
     coalesce(g.currency, 'EUR') as currency, coalesce(g.currency_locked, false) as "isCurrencyLocked",
     g.cash_step as "cashStep",
     m.at as "soldAt", (m.at at time zone s.zone)::date as "effectiveOn",
     ((m.at at time zone s.zone) - s.cutover)::date as "businessDate",
     m.at between $4::timestamptz - interval '7 days' and $4::timestamptz + interval '5 minutes'
       as "isInWindow",
     coalesce(m.at < s.closed_before, false) as "isClosed",
     i.id as "itemId", i.name, i.unit, i.unit_locked as "isUnitLocked", i.stocking, i.price,
     i.tax_code as "taxCode", r.rate as "taxRate", b.item_id is not null as "hasBalance"
   from sites.sites s
   cross join (select coalesce($3::timestamptz, $4::timestamptz) as at) m
   left join sites.tills t on t.id = $2 and t.site_id = s.id and t.archived_at is null
   left join settings.settings g on true
   left join catalog.items i on i.id = any($5::uuid[]) and i.archived_at is null
   left join stock.balances b on b.item_id = i.id and b.site_id = s.id
   left join lateral (
     select rate from settings.tax_rates
     where code = i.tax_code and valid_from <= ((m.at at time zone s.zone) - s.cutover)::date
     order by valid_from desc limit 1
   ) r on true
   where s.id = $1`,
);

export interface TermsQuestion {
  readonly siteId: string;
  readonly tillId: string | undefined;
  readonly soldAt: string | undefined;
  readonly now: Date;
  readonly itemIds: readonly string[];
}

export function listTerms(db: Db, question: TermsQuestion): Promise<TermsRow[]> {
  const { siteId, tillId, soldAt, now, itemIds } = question;
  return db.run(readTerms, [siteId, tillId ?? null, soldAt ?? null, now.toISOString(), itemIds]);
}
