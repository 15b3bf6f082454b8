import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, operation, responses } from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import * as model from "./model/items.ts";
import * as supplierModel from "./model/suppliers.ts";
import * as categories from "./service/categories.ts";
import * as conversions from "./service/conversions.ts";
import * as items from "./service/items.ts";
import * as suppliers from "./service/suppliers.ts";

const { NewSupplier, Supplier, SupplierPage, SupplierPatch } = supplierModel;
const { NewCategory, Category, CategoryPage, CategoryPatch } = model;
const { NewItem, Item, ItemPage, ItemPatch, NewConversion, Conversion, ConversionPage } = model;

const replays =
  "A create with an id of your own may be sent again: the same body answers the same record, 201.";

export const supplierRoutes = (app: App) =>
  new Elysia({ name: "suppliers", prefix: "/suppliers", normalize: false })
    .use(http(app))
    .model({ NewSupplier, Supplier, SupplierPage, SupplierPatch })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/suppliers", suppliers.createSupplier(ctx, body)),
      {
        parse: "json",
        body: "NewSupplier",
        response: responses({ 201: "Supplier" }, "body", "conflict"),
        detail: operation("createSupplier", "Catalog", "Add a supplier", replays),
      },
    )
    .get("", async ({ ctx, query }) => suppliers.listSuppliers(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "SupplierPage" }, "query"),
      detail: operation("listSuppliers", "Catalog", "List suppliers"),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, suppliers.getSupplier(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Supplier" }, "not_found"),
        detail: operation("getSupplier", "Catalog", "Read a supplier"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(
          set,
          suppliers.changeSupplier(ctx, { id, version: ifMatch(request), patch: body }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "SupplierPatch",
        response: responses({ 200: "Supplier" }, "body", "version", "not_found", "conflict"),
        detail: operation("changeSupplier", "Catalog", "Change a supplier"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, suppliers.archiveSupplier(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: operation("archiveSupplier", "Catalog", "Take a supplier out of use"),
      },
    );

export const categoryRoutes = (app: App) =>
  new Elysia({ name: "categories", prefix: "/categories", normalize: false })
    .use(http(app))
    .model({ NewCategory, Category, CategoryPage, CategoryPatch })
    .post(
      "",
      async ({ ctx, body, set }) =>
        created(set, "/categories", categories.createCategory(ctx, body)),
      {
        parse: "json",
        body: "NewCategory",
        response: responses({ 201: "Category" }, "body", "conflict"),
        detail: operation("createCategory", "Catalog", "Add a category", replays),
      },
    )
    .get("", async ({ ctx, query }) => categories.listCategories(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "CategoryPage" }, "query"),
      detail: operation("listCategories", "Catalog", "List categories"),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, categories.getCategory(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Category" }, "not_found"),
        detail: operation("getCategory", "Catalog", "Read a category"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(
          set,
          categories.changeCategory(ctx, { id, version: ifMatch(request), patch: body }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "CategoryPatch",
        response: responses({ 200: "Category" }, "body", "version", "not_found", "conflict"),
        detail: operation("changeCategory", "Catalog", "Change a category"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, categories.archiveCategory(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: operation("archiveCategory", "Catalog", "Take a category out of use"),
      },
    );

const itemQuery = t.Object({
  ...pageQuery,
  ...archivedQuery,
  kind: t.Optional(Word(["material", "product"], "Only of this kind")),
  categoryId: t.Optional(Id("Only of this category")),
  barcode: t.Optional(t.String({ minLength: 1, maxLength: 64, description: "Only this barcode" })),
});

export const itemRoutes = (app: App) =>
  new Elysia({ name: "items", prefix: "/items", normalize: false })
    .use(http(app))
    .model({ NewItem, Item, ItemPage, ItemPatch })
    .post("", async ({ ctx, body, set }) => created(set, "/items", items.createItem(ctx, body)), {
      parse: "json",
      body: "NewItem",
      response: responses({ 201: "Item" }, "body", "conflict"),
      detail: operation("createItem", "Catalog", "Add a material or a product", replays),
    })
    .get("", async ({ ctx, query }) => items.listItems(ctx, query), {
      query: itemQuery,
      response: responses({ 200: "ItemPage" }, "query"),
      detail: operation("listItems", "Catalog", "List items"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, items.getItem(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Item" }, "not_found"),
      detail: operation("getItem", "Catalog", "Read an item"),
    })
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, items.changeItem(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "ItemPatch",
        response: responses({ 200: "Item" }, "body", "version", "not_found", "conflict"),
        detail: operation("changeItem", "Catalog", "Change an item"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, items.archiveItem(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: operation("archiveItem", "Catalog", "Take an item out of use"),
      },
    );

const conversionParams = t.Object({
  id: Id("The item's id"),
  conversionId: Id("The conversion's id"),
});

export const conversionRoutes = (app: App) =>
  new Elysia({ name: "conversions", prefix: "/items/:id/conversions", normalize: false })
    .use(http(app))
    .model({ NewConversion, Conversion, ConversionPage })
    .post(
      "",
      async ({ ctx, params: { id: itemId }, body, set }) =>
        created(
          set,
          `/items/${itemId}/conversions`,
          conversions.createConversion(ctx, { ...body, itemId }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "NewConversion",
        response: responses({ 201: "Conversion" }, "body", "not_found", "conflict"),
        detail: operation("createConversion", "Catalog", "Add a pack to an item", replays),
      },
    )
    .get(
      "",
      async ({ ctx, params: { id: itemId }, query }) =>
        conversions.listConversions(ctx, { ...query, itemId }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery }),
        response: responses({ 200: "ConversionPage" }, "query", "not_found"),
        detail: operation("listConversions", "Catalog", "List an item's conversions"),
      },
    )
    .get(
      "/:conversionId",
      async ({ ctx, params: { id: itemId, conversionId } }) =>
        conversions.getConversion(ctx, { itemId, id: conversionId }),
      {
        params: conversionParams,
        response: responses({ 200: "Conversion" }, "not_found"),
        detail: operation("getConversion", "Catalog", "Read a conversion"),
      },
    )
    .delete(
      "/:conversionId",
      async ({ ctx, params: { id: itemId, conversionId }, set }) =>
        noContent(set, conversions.deleteConversion(ctx, { itemId, id: conversionId })),
      {
        params: conversionParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: operation("deleteConversion", "Catalog", "Delete a conversion"),
      },
    );
