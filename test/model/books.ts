import { type Db, statement } from "#platform/db.ts";
import { isHeld, onHand } from "./ledger.ts";
import { microText } from "./micro.ts";
import type { Oracle } from "./oracle.ts";
import { same } from "./same.ts";
import type { World } from "./world.ts";

const booksOfSites = statement(
  "model_books",
  `with layer as materialized (
     select l.*, array_position($1::uuid[], l.site_id) - 1 as site,
       row_number() over (order by l.seq) - 1 as number
     from stock.layers l where l.site_id = any($1::uuid[])
   )
   select json_build_object(
     'balances', (select coalesce(json_agg(json_build_object('site', n.site, 'item', b.item_id,
         'quantity', trim_scale(b.quantity)::text, 'value', trim_scale(b.value)::text,
         'short', trim_scale(b.short_quantity)::text) order by n.site, b.item_id), '[]')
       from stock.balances b
       cross join lateral (select array_position($1::uuid[], b.site_id) - 1 as site) n
       where b.site_id = any($1::uuid[]) and (b.quantity <> 0 or b.short_quantity <> 0)),
     'layers', (select coalesce(json_agg(json_build_object('site', site, 'item', item_id,
         'quantityIn', trim_scale(quantity_in)::text, 'valueIn', trim_scale(value_in)::text,
         'quantity', trim_scale(quantity)::text, 'value', trim_scale(value)::text,
         'effectiveAt', extract(epoch from effective_at),
         'arrivedAt', extract(epoch from arrived_at), 'expiresOn', expires_on::text,
         'isHeld', is_held) order by number), '[]')
       from layer),
     'shortfalls', (select coalesce(json_agg(json_build_object('item', item_id,
         'open', trim_scale(open_quantity)::text,
         'cancelled', trim_scale(cancelled_quantity)::text) order by seq), '[]')
       from stock.shortfalls where site_id = any($1::uuid[])),
     'surcharges', (select coalesce(json_agg(json_build_object('kind', kind, 'layer', number,
         'value', trim_scale(value)::text) order by kind, number), '[]')
       from (select c.kind, layer.number, sum(c.value) as value
         from stock.cost_adjustments c left join layer on layer.id = c.layer_id
         where c.site_id = any($1::uuid[]) and c.kind <> 'void'
         group by c.kind, layer.number having sum(c.value) <> 0) sums)
   ) as books`,
);

/** Throws unless the balances, layers, shortfalls and late prices of all sites are the oracle's. */
export async function compareBooks(db: Db, world: World, oracle: Oracle): Promise<void> {
  const siteIds = world.sites.map(({ siteId }) => siteId);
  const [row] = await db.run<{ books: unknown }>(booksOfSites, [siteIds]);
  const { state } = oracle;
  const expected = {
    balances: balancesOf(world, oracle),
    layers: state.layers.map((layer) => ({
      site: layer.site,
      item: layer.item,
      quantityIn: microText(layer.quantityIn),
      valueIn: microText(layer.valueIn),
      quantity: microText(layer.quantity),
      value: microText(layer.value),
      effectiveAt: layer.effectiveAt / 1000,
      arrivedAt: layer.arrivedAt === null ? null : layer.arrivedAt / 1000,
      expiresOn: layer.expiresOn,
      isHeld: isHeld(state, layer),
    })),
    shortfalls: state.shortfalls.map(({ item, open, cancelled }) => {
      return { item, open: microText(open), cancelled: microText(cancelled) };
    }),
    surcharges: surchargesOf(oracle),
  };
  same(expected, row?.books, "the books");
}

function balancesOf({ items, sites }: World, { state }: Oracle) {
  const pairs = sites.flatMap((_, site) => items.toSorted().map((item) => ({ site, item })));
  return pairs
    .map(({ site, item }) => {
      const { quantity, value } = onHand(state, { site, item });
      const short = state.shortfalls
        .filter((each) => each.site === site && each.item === item)
        .reduce((sum, each) => sum + each.open, 0n);
      const texts = { quantity: microText(quantity), value: microText(value) };
      return { site, item, ...texts, short: microText(short) };
    })
    .filter(({ quantity, short }) => quantity !== "0" || short !== "0");
}

/** By kind and layer; those of no layer come last. */
function surchargesOf({ state }: Oracle) {
  const sums = new Map<string, { kind: string; layer: number | null; value: bigint }>();
  for (const { kind, layer = null, value } of state.surcharges) {
    const known = sums.get(`${kind} ${layer}`) ?? { kind, layer, value: 0n };
    sums.set(`${kind} ${layer}`, { ...known, value: known.value + value });
  }
  const last = Number.MAX_SAFE_INTEGER;
  return [...sums.values()]
    .filter(({ value }) => value !== 0n)
    .sort((a, b) =>
      a.kind === b.kind ? (a.layer ?? last) - (b.layer ?? last) : a.kind < b.kind ? -1 : 1,
    )
    .map((each) => ({ ...each, value: microText(each.value) }));
}
