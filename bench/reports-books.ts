import pg from "pg";
import { addDays } from "../src/cli/demo/calendar.ts";
import { type Fetch, postJson } from "./bakery.ts";

/** Two shops that sell every day of a year: what they sold, took and paid, without what verify needs. */
export interface YearOfSales {
  readonly siteIds: readonly string[];
  readonly tillId: string;
  readonly itemIds: readonly string[];
  readonly firstDay: string;
  readonly lastDay: string;
  readonly sales: number;
}

const [shops, products, lines] = [2, 40, 2];
const zone = "Europe/Dublin";

/** Opens the shops through the API, then writes the books in SQL: they only have to add up. */
export async function writeYear(
  fetch: Fetch,
  ownerUrl: string,
  { days, salesADay, lastDay }: { days: number; salesADay: number; lastDay: string },
): Promise<YearOfSales> {
  const post = (path: string, body: object) => postJson(fetch, path, body);
  await post("/tax-rates", { code: "standard", rate: "13.5", validFrom: "2020-01-01" });
  const siteIds: string[] = [];
  for (let shop = 1; shop <= shops; shop++) {
    const site = { name: `Shop ${shop}`, zone, cutover: "04:00", pricesIncludeTax: true };
    siteIds.push((await post("/sites", site)).id);
  }
  const { id: tillId } = await post("/tills", { siteId: siteIds[0], name: "Bench" });
  const itemIds: string[] = [];
  for (let item = 1; item <= products; item++) {
    const kind = { kind: "product", stocking: "stocked", unit: "piece", price: "3.50" };
    itemIds.push((await post("/items", { name: `Loaf ${item}`, ...kind, taxCode: "standard" })).id);
  }
  const firstDay = addDays(lastDay, 1 - days);
  const client = new pg.Client({ connectionString: ownerUrl, options: "-c TimeZone=UTC" });
  await client.connect();
  try {
    await client.query(fill, [siteIds, itemIds, firstDay, days, salesADay]);
    await client.query(lay);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
  return { siteIds, tillId, itemIds, firstDay, lastDay, sales: shops * days * salesADay };
}

// In the order of time, as ids of the product are.
const idAt = (at: string) =>
  `(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')
    || right(replace(gen_random_uuid()::text, '-', ''), 20))::uuid`;

// Each sale takes one of each of two products; every morning as much comes in as a day takes.
const fill = `
  with place as (
    select id as site_id, n as shop from unnest($1::uuid[]) with ordinality as u (id, n)
  ), item as (
    select id as item_id, n - 1 as number from unnest($2::uuid[]) with ordinality as u (id, n)
  ), day as (
    select p.site_id, p.shop, $3::date + d as business_date,
      (($3::date + d)::timestamp at time zone '${zone}') as midnight
    from place p, generate_series(0, $4::integer - 1) d
  ), sale as (
    select ${idAt("t.at")} as id, d.site_id, d.business_date, n, t.at
    from day d, generate_series(1, $5::integer) n cross join lateral (
      select d.midnight + interval '7 hours' + n * (interval '12 hours' / $5::integer) as at) t
  ), line as (
    select ${idAt("s.at")} as id, s.id as sale_id, s.site_id, s.at, l as position, i.item_id
    from sale s, generate_series(1, ${lines}) l, item i
    where i.number = ((s.n * 7 + l * 13) % ${products})
  ), sold as (
    insert into sales.sales (id, kind, site_id, business_date, sold_at, actor, currency,
      minor_digits, prices_include_tax, order_discount, net, tax, total, change, rounding)
    select id, 'sale', site_id, business_date, at, 'bench', 'EUR', 2, true, 0, 6.16, 0.84, 7, 3, 0
    from sale
  ), lined as (
    insert into sales.sale_lines (id, sale_id, position, item_id, name, quantity, unit,
      stock_quantity, factor_numerator, factor_denominator, unit_price, gross, discount, tax_code,
      tax_rate, net, tax, total)
    select id, sale_id, position, item_id, 'Loaf', 1, 'piece', 1, 1, 1, 3.5, 3.5, 0, 'standard',
      13.5, 3.08, 0.42, 3.5
    from line
  ), paid as (
    insert into sales.payments (sale_id, position, method, amount) select id, 1, 'cash', 10 from sale
  ), came as (
    insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
      effective_on, actor, source_id)
    select gen_random_uuid(), 'receipt', i.item_id, d.site_id, $5::integer, $5::integer,
      d.midnight + interval '5 hours', d.business_date, 'bench', gen_random_uuid()
    from day d, item i
  )
  insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
    effective_on, actor, source_id, source_line_id)
  select ${idAt("at")}, 'sale', item_id, site_id, -1, -1, at, at::date, 'bench', sale_id, id
  from line order by line.at`;

const lay = `
  with held as (
    insert into stock.balances (item_id, site_id, quantity, value)
    select item_id, site_id, sum(quantity), sum(value) from stock.movements group by 1, 2
    returning item_id, site_id, quantity, value
  ), lot as (
    insert into stock.lots (id, item_id, origin, source_id)
    select gen_random_uuid(), item_id, 'import', site_id from held returning id, item_id, source_id
  )
  insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
    effective_at)
  select gen_random_uuid(), l.id, h.item_id, h.site_id, h.quantity, h.value, h.quantity, h.value,
    timestamptz '2020-01-01'
  from held h join lot l on l.item_id = h.item_id and l.source_id = h.site_id`;
