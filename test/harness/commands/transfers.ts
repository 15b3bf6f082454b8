import * as bakery from "../bakery.ts";
import { lotsOf } from "../kitchen.ts";
import { command, post, type TestCommand } from "./command.ts";

/** What carries stock between sites, and what takes documents of the ledger back. */
export const transferCommands: readonly TestCommand[] = [
  command("transfer", "transferStock", async (kitchen) => {
    const { client, siteId: fromSiteId, flour, butter } = kitchen;
    const { siteId: toSiteId } = await bakery.openShop(client);
    const [lotId] = await lotsOf(kitchen, butter);
    const lines = [
      { itemId: flour, quantity: "2500", unit: "g" },
      { itemId: butter, quantity: "0.003", lotId },
    ];
    return post("/transfers", { fromSiteId, toSiteId, note: "morning van", lines });
  }),
  command("transfer that settles a shortfall", "transferStock", async (kitchen) => {
    const { client, siteId: fromSiteId, flour: itemId } = kitchen;
    const { siteId: toSiteId, tillIds } = await bakery.openShop(client);
    const fields = { tillId: tillIds[0], onShort: "record" };
    await bakery.sell(client, toSiteId, [{ itemId, quantity: "3" }], fields);
    const lines = [{ itemId, quantity: "3.5" }];
    return post("/transfers", { fromSiteId, toSiteId, lines });
  }),
  command("receipt reversal", "reverseReceipt", async ({ client, siteId, flour, butter }) => {
    const receipt = await bakery.receive(client, siteId, [
      { itemId: flour, quantity: "3", totalCost: "10.00" },
      { itemId: butter, quantity: "2", totalCost: "5.00" },
    ]);
    const lines = [{ lineId: receipt.lines[0].id, quantity: "1" }];
    return post(`/receipts/${receipt.id}/reverse`, { reason: "damaged", lines });
  }),
  command("waste reversal", "reverseWaste", async ({ client, siteId, flour, butter }) => {
    const lines = [flour, butter].map((itemId) => ({ itemId, quantity: "2" }));
    const waste = await bakery.make(client, "/stock/waste", { siteId, reason: "stale", lines });
    return post(`/stock/waste/${waste.id}/reverse`, { reason: "it was fine" });
  }),
  command("count reversal that reopens a shortfall", "reverseCount", async (kitchen) => {
    const { client, siteId, tillId } = kitchen;
    // Items of its own: what one round leaves would make the next one longer.
    const [itemId, lost] = [await bakery.addItem(client), await bakery.addItem(client)];
    await bakery.receive(client, siteId, [{ itemId: lost, quantity: "3", totalCost: "10.00" }]);
    const fields = { tillId, onShort: "record" };
    await bakery.sell(client, siteId, [{ itemId, quantity: "2" }], fields);
    const lines = [
      { itemId, counted: "5" },
      { itemId: lost, counted: "1" },
    ];
    const count = await bakery.make(client, "/stock/counts", { siteId, lines });
    return post(`/stock/counts/${count.id}/reverse`, { reason: "wrong shelf" });
  }),
];
