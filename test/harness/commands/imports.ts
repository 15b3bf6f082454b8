import { newId } from "#platform/id.ts";
import * as bakery from "../bakery.ts";
import { unique } from "../kitchen.ts";
import { command, post, type TestCommand } from "./command.ts";

/** What brings in the files of other systems. */
export const importCommands: readonly TestCommand[] = [
  command("import", "importFile", async ({ client }) => {
    const { siteId } = await bakery.openShop(client, {}, 0);
    const [flour, bread] = [unique("Flour"), unique("Bread")];
    const batches = [{ quantity: 50, cost_per_unit: 2, purchase_date: "2026-01-01" }];
    const content = { materials: { [flour]: { unit: "kg", min_quantity: 10, batches } } };
    const recipes = { [bread]: { ingredients: [{ material: flour, quantity: 0.5 }] } };
    return post("/imports", { siteId, format: "bakery-data", content: { ...content, recipes } });
  }),
  command("announce a till's export", "announceTillExport", ({ siteId }) =>
    post("/imports/till-exports", { id: newId(), siteId, fileName: "sales.csv" }),
  ),
];
