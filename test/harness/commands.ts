import { newId } from "#platform/id.ts";
import * as bakery from "./bakery.ts";
import { type Kitchen, lotsOf, makeDough, unique } from "./kitchen.ts";

/** A request that would succeed, and would leave something behind. */
export interface Prepared {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TestCommand {
  readonly name: string;
  readonly operationId: string;
  /** Makes what the command works on, and the request. */
  prepare(kitchen: Kitchen): Promise<Prepared>;
}

const post = (path: string, body: object): Prepared => ({
  method: "POST",
  path,
  body,
  headers: bakery.key(),
});

const ifMatch = (version: number) => ({ "if-match": `"${version}"` });

const patch = (path: string, body: object): Prepared => ({
  method: "PATCH",
  path,
  body,
  headers: ifMatch(1),
});

const remove = (path: string, version?: number): Prepared => ({
  method: "DELETE",
  path,
  headers: version === undefined ? {} : ifMatch(version),
});

const command = (
  name: string,
  operationId: string,
  prepare: (kitchen: Kitchen) => Prepared | Promise<Prepared>,
): TestCommand => ({ name, operationId, prepare: async (kitchen) => prepare(kitchen) });

async function added(kitchen: Kitchen, path: string, body: object): Promise<string> {
  return (await bakery.make(kitchen.client, path, { id: newId(), ...body })).id;
}

const site = () => ({
  id: newId(),
  name: unique("Shop"),
  zone: "Europe/Paris",
  cutover: "03:00",
  pricesIncludeTax: false,
});
const item = (fields: object = {}) => ({
  id: newId(),
  name: unique("Item"),
  kind: "material",
  stocking: "stocked",
  unit: "kg",
  ...fields,
});

/** What keeps shared records. */
export const recordCommands: readonly TestCommand[] = [
  command("site opened", "openSite", () => post("/sites", site())),
  command("site changed", "changeSite", async (kitchen) => {
    const id = await added(kitchen, "/sites", site());
    return patch(`/sites/${id}`, { name: unique("Shop"), zone: "Asia/Tokyo" });
  }),
  command("site archived", "archiveSite", async (kitchen) =>
    remove(`/sites/${await added(kitchen, "/sites", site())}`, 1),
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
    post("/items", item({ barcode: newId(), allergens: { gluten: "contains" } })),
  ),
  command("item changed", "changeItem", async (kitchen) => {
    const id = await added(kitchen, "/items", item());
    return patch(`/items/${id}`, { name: unique("Item"), barcode: newId(), price: "1.25" });
  }),
  command("item archived", "archiveItem", async (kitchen) =>
    remove(`/items/${await added(kitchen, "/items", item())}`, 1),
  ),
  command("conversion created", "createConversion", async (kitchen) => {
    const id = await added(kitchen, "/items", item({ unit: "piece" }));
    const body = { id: newId(), from: "box", to: "piece", numerator: 9, denominator: 1 };
    return post(`/items/${id}/conversions`, body);
  }),
  command("conversion deleted", "deleteConversion", async (kitchen) => {
    const path = `/items/${await added(kitchen, "/items", item({ unit: "piece" }))}/conversions`;
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

async function addRecipe(kitchen: Kitchen): Promise<string> {
  const itemId = await added(kitchen, "/items", item({ kind: "product" }));
  const ingredients = [{ itemId: kitchen.flour, quantity: "1", unit: "kg" }];
  return added(kitchen, "/recipes", { itemId, yield: { quantity: "2", unit: "kg" }, ingredients });
}

/** What edits recipes. */
export const recipeCommands: readonly TestCommand[] = [
  command("recipe created", "createRecipe", async (kitchen) => {
    const itemId = await added(kitchen, "/items", item({ kind: "product" }));
    const ingredients = [{ itemId: kitchen.flour, quantity: "1", unit: "kg" }];
    return post("/recipes", {
      id: newId(),
      itemId,
      yield: { quantity: "2", unit: "kg" },
      ingredients,
    });
  }),
  command("recipe changed", "changeRecipe", async (kitchen) => {
    const ingredients = [{ itemId: kitchen.flour, quantity: "3", unit: "kg" }];
    return patch(`/recipes/${await addRecipe(kitchen)}`, { ingredients, overhead: "2.00" });
  }),
  command("recipe archived", "archiveRecipe", async (kitchen) =>
    remove(`/recipes/${await addRecipe(kitchen)}`, 1),
  ),
];

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
];

export const allCommands = [
  ...recordCommands,
  ...recipeCommands,
  ...stockCommands,
  ...importCommands,
];
