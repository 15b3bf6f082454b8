import { newId } from "#platform/id.ts";
import * as bakery from "../bakery.ts";
import { unique } from "../kitchen.ts";
import {
  added,
  command,
  ifMatch,
  newItem,
  newSite,
  patch,
  post,
  remove,
  type TestCommand,
} from "./command.ts";

/** What keeps shared records. */
export const recordCommands: readonly TestCommand[] = [
  command("site opened", "openSite", () => post("/sites", newSite())),
  command("site changed", "changeSite", async (kitchen) => {
    const id = await added(kitchen, "/sites", newSite());
    return patch(`/sites/${id}`, { name: unique("Shop"), zone: "Asia/Tokyo" });
  }),
  command("site archived", "archiveSite", async (kitchen) =>
    remove(`/sites/${await added(kitchen, "/sites", newSite())}`, 1),
  ),
  command("till added", "addTill", ({ siteId }) =>
    post("/tills", { id: newId(), siteId, name: unique("Till") }),
  ),
  command("till changed", "changeTill", async (kitchen) => {
    const { siteId } = kitchen;
    const id = await added(kitchen, "/tills", { siteId, name: unique("Till") });
    return patch(`/tills/${id}`, { name: unique("Till") });
  }),
  command("till archived", "archiveTill", async (kitchen) => {
    const { siteId } = kitchen;
    return remove(`/tills/${await added(kitchen, "/tills", { siteId, name: unique("Till") })}`, 1);
  }),
  command("supplier created", "createSupplier", () =>
    post("/suppliers", { id: newId(), name: unique("Supplier") }),
  ),
  command("supplier changed", "changeSupplier", async (kitchen) => {
    const id = await added(kitchen, "/suppliers", { name: unique("Supplier") });
    return patch(`/suppliers/${id}`, { name: unique("Supplier") });
  }),
  command("supplier archived", "archiveSupplier", async (kitchen) =>
    remove(`/suppliers/${await added(kitchen, "/suppliers", { name: unique("Supplier") })}`, 1),
  ),
  command("category created", "createCategory", () =>
    post("/categories", { id: newId(), name: unique("Category"), order: "fefo" }),
  ),
  command("category changed", "changeCategory", async (kitchen) => {
    const id = await added(kitchen, "/categories", { name: unique("Category"), order: "fifo" });
    return patch(`/categories/${id}`, { name: unique("Category"), order: "fefo" });
  }),
  command("category archived", "archiveCategory", async (kitchen) => {
    const body = { name: unique("Category"), order: "fifo" };
    return remove(`/categories/${await added(kitchen, "/categories", body)}`, 1);
  }),
  command("item created", "createItem", () =>
    post("/items", newItem({ barcode: newId(), allergens: { gluten: "contains" } })),
  ),
  command("item changed", "changeItem", async (kitchen) => {
    const id = await added(kitchen, "/items", newItem());
    return patch(`/items/${id}`, { name: unique("Item"), barcode: newId(), price: "1.25" });
  }),
  command("item archived", "archiveItem", async (kitchen) =>
    remove(`/items/${await added(kitchen, "/items", newItem())}`, 1),
  ),
  command("import alias set", "setImportAlias", async (kitchen) => {
    const itemId = await added(kitchen, "/items", newItem());
    return post("/import-aliases", { name: unique("Article"), itemId });
  }),
  command("conversion created", "createConversion", async (kitchen) => {
    const id = await added(kitchen, "/items", newItem({ unit: "piece" }));
    const body = { id: newId(), from: "box", to: "piece", numerator: 9, denominator: 1 };
    return post(`/items/${id}/conversions`, body);
  }),
  command("conversion deleted", "deleteConversion", async (kitchen) => {
    const path = `/items/${await added(kitchen, "/items", newItem({ unit: "piece" }))}/conversions`;
    const body = { from: "box", to: "piece", numerator: 9, denominator: 1 };
    return remove(`${path}/${await added(kitchen, path, body)}`);
  }),
  command("settings changed", "changeSettings", async ({ client }) => {
    const { version } = await bakery.read(client, "/settings");
    const locale = version % 2 === 0 ? "en-IE" : "fr-FR";
    return { method: "PATCH", path: "/settings", body: { locale }, headers: ifMatch(version) };
  }),
  command("tax rate added", "addTaxRate", () =>
    post("/tax-rates", {
      id: newId(),
      code: `T${newId().slice(-12)}`,
      rate: "13.5",
      validFrom: "2020-01-01",
    }),
  ),
];
