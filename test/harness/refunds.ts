import { expect } from "bun:test";
import { key, sell } from "./bakery.ts";
import type { Counter } from "./counter.ts";

type Body = Readonly<Record<string, unknown>>;

/** How tests give things back at a counter. */
export function refundsAt({ client, shop, loaf }: Counter) {
  const { siteId } = shop;
  const ask = (saleId: string, lines: readonly Body[], fields: Body = {}) =>
    client.post(`/sales/${saleId}/refunds`, { reason: "Burnt", lines, ...fields }, key());
  return {
    ask,
    /** A refund that is accepted. */
    async refund(saleId: string, lines: readonly Body[], fields: Body = {}) {
      const answer = await ask(saleId, lines, fields);
      expect([answer.status, answer.body.code]).toEqual([201, undefined]);
      return answer.body;
    },
    /** Sells so many loaves at 1.00 of cost each, and names the sale and its line. */
    async sold(quantity: string, onHand = quantity) {
      const itemId = await loaf(onHand);
      const sale = await sell(client, siteId, [{ itemId, quantity }]);
      return { itemId, sale, lineId: sale.lines[0].id as string };
    },
    /** Movements of an item, oldest first: "sale -2 @ -2". */
    async movementsOf(itemId: string): Promise<string[]> {
      const { body } = await client.get(`/stock/movements?siteId=${siteId}&itemId=${itemId}`);
      return body.data
        .map((each: Record<string, string>) => `${each.type} ${each.quantity} @ ${each.value}`)
        .reverse();
    },
    /** The first broken row of the books, if there is one. */
    async broken() {
      return (await client.get(`/stock/verify?siteId=${siteId}`)).body.broken;
    },
  };
}
