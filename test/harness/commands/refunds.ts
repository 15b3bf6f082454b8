import * as bakery from "../bakery.ts";
import { command, post, type TestCommand } from "./command.ts";

/** What gives money back. */
export const refundCommands: readonly TestCommand[] = [
  command("refund", "refundSale", async (kitchen) => {
    const { client, siteId, tillId, flour, butter, toast, loaf } = kitchen;
    const sold = [flour, butter, toast, loaf].map((itemId) => ({ itemId, quantity: "3" }));
    const fields = { tillId, onShort: "record" };
    const sale = await bakery.sell(client, siteId, sold, fields);
    const [first, second, third, fourth] = sale.lines;
    return post(`/sales/${sale.id}/refunds`, {
      tillId,
      reason: "burnt",
      lines: [
        { lineId: first.id, quantity: "1", disposition: "restock" },
        { lineId: second.id, quantity: "0.5" },
        { lineId: third.id, quantity: "2", disposition: "waste" },
        { lineId: fourth.id, quantity: "1" },
      ],
    });
  }),
];
