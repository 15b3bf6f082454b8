import { type Db, statement } from "#platform/db.ts";
import { same } from "./driver.ts";
import { onHand } from "./ledger.ts";
import { microText } from "./micro.ts";
import type { Oracle } from "./oracle.ts";
import type { World } from "./world.ts";

const booksOfSite = statement(
  "model_books",
  `select json_build_object(
     'balances', (select coalesce(json_agg(json_build_object('item', item_id,
         'quantity', trim_scale(quantity)::text, 'value', trim_scale(value)::text,
         'short', trim_scale(short_quantity)::text) order by item_id), '[]')
       from stock.balances where site_id = $1
         and (quantity <> 0 or short_quantity <> 0)),
     'layers', (select coalesce(json_agg(json_build_object('item', item_id,
         'quantityIn', trim_scale(quantity_in)::text, 'valueIn', trim_scale(value_in)::text,
         'quantity', trim_scale(quantity)::text, 'value', trim_scale(value)::text,
         'expiresOn', expires_on::text) order by seq), '[]')
       from stock.layers where site_id = $1),
     'shortfalls', (select coalesce(json_agg(json_build_object('item', item_id,
         'open', trim_scale(open_quantity)::text) order by seq), '[]')
       from stock.shortfalls where site_id = $1 and open_quantity > 0)
   ) as books`,
);

/** Throws unless the site's balances, layers and open shortfalls are those of the oracle. */
export async function compareBooks(db: Db, world: World, oracle: Oracle): Promise<void> {
  const [row] = await db.run<{ books: unknown }>(booksOfSite, [world.siteId]);
  const { layers, shortfalls } = oracle.state;
  const balances = world.items
    .map((item) => {
      const { quantity, value } = onHand(oracle.state, item);
      const open = shortfalls.filter((each) => each.item === item);
      const short = open.reduce((sum, each) => sum + each.open, 0n);
      return {
        item,
        quantity: microText(quantity),
        value: microText(value),
        short: microText(short),
      };
    })
    .filter(({ quantity, short }) => quantity !== "0" || short !== "0")
    .sort((a, b) => (a.item < b.item ? -1 : 1));
  const expected = {
    balances,
    layers: layers.map(({ item, quantityIn, valueIn, quantity, value, expiresOn }) => ({
      item,
      quantityIn: microText(quantityIn),
      valueIn: microText(valueIn),
      quantity: microText(quantity),
      value: microText(value),
      expiresOn,
    })),
    shortfalls: shortfalls
      .filter(({ open }) => open > 0n)
      .map(({ item, open }) => ({ item, open: microText(open) })),
  };
  same(expected, row?.books, "the books");
}
