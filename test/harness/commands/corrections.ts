import * as bakery from "../bakery.ts";
import { type Kitchen, makeDough } from "../kitchen.ts";
import { command, post, type TestCommand } from "./command.ts";

/** Butter that is used before the kitchen's own, since it expires first. */
async function receiveButter({ client, siteId, butter }: Kitchen, quantities: readonly string[]) {
  const expiresOn = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const lines = quantities.map((quantity) => {
    return { itemId: butter, quantity, totalCost: "10.00", expiresOn };
  });
  return bakery.receive(client, siteId, lines);
}

/** What corrects prices that came late. */
export const correctionCommands: readonly TestCommand[] = [
  command("price correction that follows butter into dough", "correctPrices", async (kitchen) => {
    const { client, siteId, butter, dough } = kitchen;
    const receipt = await receiveButter(kitchen, ["0.25", "0.3"]);
    await makeDough(kitchen, "3");
    await bakery.sell(client, siteId, [
      { itemId: butter, quantity: "0.1" },
      { itemId: dough, quantity: "1.7" },
    ]);
    const lines = receipt.lines.map(({ id }: { id: string }, index: number) => {
      return { lineId: id, totalCost: ["11.00", "7.77"][index] };
    });
    return post(`/receipts/${receipt.id}/price-corrections`, { reason: "INV-9", lines });
  }),
  command("void of a sale whose cost was corrected", "voidSale", async (kitchen) => {
    const { client, siteId, butter } = kitchen;
    const receipt = await receiveButter(kitchen, ["3"]);
    const sale = await bakery.sell(client, siteId, [{ itemId: butter, quantity: "2" }]);
    const lines = [{ lineId: receipt.lines[0].id, totalCost: "11.00" }];
    await bakery.make(client, `/receipts/${receipt.id}/price-corrections`, { lines });
    return post(`/sales/${sale.id}/void`, { reason: "wrong butter" });
  }),
];
