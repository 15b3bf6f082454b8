import { authorise, authoriseAt } from "#modules/access/index.ts";
import { requireSite, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { storageOf } from "#platform/storage.ts";
import * as errors from "../errors.ts";
import type { NewUpload } from "../model/announce.ts";
import type { AnnouncedUpload } from "../model/upload.ts";
import * as queries from "../queries/uploads.ts";
import { newObjectName } from "../rules/objects.ts";
import { bytesMaxOf, isFileName, purposeRules, unfinishedMax } from "../rules/purposes.ts";

/**
 * Announces a file, whose content is sent next to where the answer says. Besides `uploads.add` it takes
 * what changing its record takes. Throws 422 for a name, type, size or record that cannot be,
 * `uploads.unfinished` (429), `uploads.id_taken` (409) and `storage.not_configured` (503).
 */
export async function announceUpload(ctx: Ctx, input: NewUpload): Promise<AnnouncedUpload> {
  authorise(ctx, "uploads.add");
  const place = await placeOf(ctx, input);
  checkFile(input);
  const storage = storageOf(ctx.app);
  const { id = newId(), purpose, fileName, contentType, bytes } = input;
  const objectName = newObjectName();
  const isTillExport = input.import?.format === "till-export";
  const row: queries.NewUploadRow = {
    ...{ id, purpose, fileName, contentType, bytes, objectName, ...place },
    importOptions: input.import,
    importId: isTillExport ? newId() : null,
    createdBy: ctx.actor.id,
    creatorKind: ctx.actor.kind,
  };
  // First: who gets no link has announced nothing.
  const link = await storage.uploadLink(objectName, { contentType, bytes });
  try {
    const upload = await ctx.app.db.withTransaction(async (tx) => {
      const unfinished = await queries.lockUnfinished(tx, ctx.actor.id);
      if (unfinished >= unfinishedMax) throw errors.tooManyUnfinished(unfinishedMax);
      return queries.insertUpload(tx, row);
    });
    const ours = `${ctx.app.config.publicUrl}/api/v1/uploads/${id}/content`;
    const isResumable = link !== undefined;
    return { ...upload, sendTo: { method: "PUT", url: link ?? ours, isResumable } };
  } catch (error) {
    if (constraintOf(error) === "uploads_pkey") throw errors.uploadIdTaken(error);
    throw error;
  }
}

function checkFile({ purpose, fileName, contentType, bytes, ...input }: NewUpload): void {
  if (!isFileName(fileName)) throw errors.nameRefused();
  const { types } = purposeRules[purpose];
  if (!types.includes(contentType)) throw errors.typeRefused(types);
  const bytesMax = bytesMaxOf(purpose, contentType);
  if (bytes > bytesMax) throw errors.sizeRefused(bytesMax);
  const wanted = { "till-export": "text/csv", "bakery-data": "application/json" } as const;
  const format = input.import?.format;
  if (format !== undefined && wanted[format] !== contentType) throw errors.formatRefused();
}

type Place = Pick<queries.NewUploadRow, "itemId" | "receiptId" | "siteId">;

/** The record it belongs to, which the actor may change. */
async function placeOf(ctx: Ctx, input: NewUpload): Promise<Place> {
  const { purpose, attachTo: { itemId, receiptId } = {} } = input;
  authorise(ctx, purposeRules[purpose].change);
  const nowhere = { itemId: null, receiptId: null, siteId: null };
  if (purpose === "product_picture") {
    if (!itemId || receiptId || input.import) throw errors.targetMissing("/attachTo/itemId");
    authorise(ctx, "catalog.change", null);
    if (!(await queries.hasItem(ctx.app.db, itemId))) throw errors.itemUnknown();
    return { ...nowhere, itemId };
  }
  if (purpose === "supplier_invoice") {
    if (!receiptId || itemId || input.import) throw errors.targetMissing("/attachTo/receiptId");
    const siteId = await queries.findSiteOfReceipt(ctx.app.db, receiptId);
    if (siteId === undefined) throw errors.receiptUnknown();
    const hidden = { read: "stock.read", missing: errors.receiptUnknown } as const;
    authoriseAt(ctx, "stock.receive", siteId, hidden);
    return { ...nowhere, receiptId, siteId };
  }
  if (!input.import || itemId || receiptId) throw errors.targetMissing("/import");
  const { siteId } = input.import;
  const hidden = { read: "sites.read", missing: siteUnknown } as const;
  authoriseAt(ctx, "imports.record", siteId, hidden);
  await requireSite(ctx.app.db, siteId);
  return { ...nowhere, siteId };
}
