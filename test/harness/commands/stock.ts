import * as bakery from "../bakery.ts";
import { lotsOf, makeDough } from "../kitchen.ts";
import { command, post, type TestCommand } from "./command.ts";

/** What moves stock or money. */
export const stockCommands: readonly TestCommand[] = [
  command("receipt", "recordReceipt", ({ siteId, flour, butter }) =>
    post("/receipts", {
      siteId,
      reference: "INV-1",
      lines: [
        { itemId: flour, quantity: "12500", unit: "g", totalCost: "10.01", supplierLot: "L1" },
        { itemId: butter, quantity: "3", unit: "kg", totalCost: "20.00" },
      ],
    }),
  ),
  command("receipt that settles a shortfall", "recordReceipt", async (kitchen) => {
    const { client, siteId, tillId, loaf: itemId } = kitchen;
    const fields = { tillId, onShort: "record" };
    await bakery.sell(client, siteId, [{ itemId, quantity: "3" }], fields);
    const lines = [{ itemId, quantity: "7", totalCost: "10.00" }];
    return post("/receipts", { siteId, lines });
  }),
  command("waste", "recordWaste", async (kitchen) => {
    const { siteId, flour, butter } = kitchen;
    const [lotId] = await lotsOf(kitchen, butter);
    const lines = [
      { itemId: flour, quantity: "1.5", unit: "g" },
      { itemId: butter, quantity: "0.003", lotId },
    ];
    return post("/stock/waste", { siteId, reason: "dropped", lines });
  }),
  command("count with a loss and a gain", "recordCount", ({ siteId, flour, butter }) =>
    post("/stock/counts", {
      siteId,
      lines: [
        { itemId: flour, counted: "90", unit: "kg" },
        { itemId: butter, counted: "21" },
      ],
    }),
  ),
  command("run", "recordRun", ({ siteId, doughRecipe: recipeId }) =>
    post("/production-runs", { siteId, recipeId, plannedOutput: "3", actualOutput: "2.9" }),
  ),
  command("run of a nested recipe that explodes the shortage", "recordRun", async (kitchen) => {
    const { siteId, loafRecipe: recipeId } = kitchen;
    await makeDough(kitchen, "2");
    return post("/production-runs", {
      siteId,
      recipeId,
      plannedOutput: "7",
      explodeShortage: true,
    });
  }),
  command("run reversal", "reverseRun", async (kitchen) =>
    post(`/production-runs/${await makeDough(kitchen)}/reverse`, {}),
  ),
  command("run reversal that reopens a shortfall", "reverseRun", async (kitchen) => {
    const { client, siteId, tillId, dough: itemId } = kitchen;
    const fields = { tillId, onShort: "record" };
    await bakery.sell(client, siteId, [{ itemId, quantity: "1" }], fields);
    return post(`/production-runs/${await makeDough(kitchen)}/reverse`, {});
  }),
  command("sale", "ringUpSale", ({ siteId, tillId, flour, butter }) =>
    post(
      "/sales",
      bakery.saleOf(
        siteId,
        [
          { itemId: flour, quantity: "2" },
          { itemId: butter, quantity: "100", unit: "g" },
        ],
        { tillId, discount: "1.00" },
      ),
    ),
  ),
  command("sale of what was never in stock", "ringUpSale", ({ siteId, tillId, flour, loaf }) =>
    post(
      "/sales",
      bakery.saleOf(
        siteId,
        [
          { itemId: flour, quantity: "200" },
          { itemId: loaf, quantity: "2" },
        ],
        { tillId, onShort: "record" },
      ),
    ),
  ),
  command("sale of what is made to order", "ringUpSale", ({ siteId, tillId, toast, flour }) =>
    post(
      "/sales",
      bakery.saleOf(
        siteId,
        [
          { itemId: toast, quantity: "2" },
          { itemId: flour, quantity: "1" },
        ],
        { tillId },
      ),
    ),
  ),
  command("void", "voidSale", async (kitchen) => {
    const { client, siteId, tillId, flour, loaf } = kitchen;
    const lines = [
      { itemId: flour, quantity: "2" },
      { itemId: loaf, quantity: "1" },
    ];
    const sale = await bakery.sell(client, siteId, lines, { tillId, onShort: "record" });
    return post(`/sales/${sale.id}/void`, { reason: "wrong loaf" });
  }),
];
