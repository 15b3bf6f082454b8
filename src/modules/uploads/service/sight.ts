import {
  authorise,
  forbidden,
  may,
  type Permission,
  permittedSites,
} from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Upload } from "../model/upload.ts";
import { findUpload, type Places, type Sight, type UploadRow } from "../queries/uploads.ts";
import { purposeRules } from "../rules/purposes.ts";

/** What of the list this actor sees. */
export function sightOfUploads(ctx: Ctx): Sight {
  const { product_picture, supplier_invoice, import: imports } = purposeRules;
  return {
    createdBy: ctx.actor.id,
    seesPictures: product_picture.read.every((permission) => may(ctx, permission)),
    invoicesAt: placesOf(ctx, supplier_invoice.read),
    importsAt: placesOf(ctx, imports.read),
  };
}

function placesOf(ctx: Ctx, needed: readonly [Permission, ...Permission[]]): Places {
  if (!needed.every((permission) => may(ctx, permission))) return [];
  return permittedSites(ctx, ...needed);
}

function isOwn(ctx: Ctx, { createdBy }: Upload): boolean {
  return createdBy === ctx.actor.id;
}

/** Whether the content is this actor's to read; what shows costs is not always its sender's. */
function mayReadContent(ctx: Ctx, { purpose, siteId }: Upload): boolean {
  return purposeRules[purpose].read.every((each) => may(ctx, each, siteId ?? undefined));
}

function mayChange(ctx: Ctx, { purpose, siteId }: Upload): boolean {
  return may(ctx, purposeRules[purpose].change, siteId);
}

/** An upload that the actor sees. Throws `uploads.not_found` (404). */
export async function requireSeen(ctx: Ctx, id: string): Promise<UploadRow> {
  authorise(ctx, "uploads.read");
  const row = await findUpload(ctx.app.db, id);
  const isSeen = row && (isOwn(ctx, row.upload) || mayReadContent(ctx, row.upload));
  if (row === undefined || !isSeen) throw errors.uploadNotFound();
  return row;
}

/** One whose content the actor may read. Throws `uploads.not_found` (404). */
export async function requireReadable(ctx: Ctx, id: string): Promise<UploadRow> {
  authorise(ctx, "uploads.read");
  const row = await findUpload(ctx.app.db, id);
  if (row === undefined || !mayReadContent(ctx, row.upload)) throw errors.uploadNotFound();
  return row;
}

/** One that the actor may delete or have tried again. Throws `uploads.not_found` (404). */
export async function requireChangeable(ctx: Ctx, id: string): Promise<UploadRow> {
  authorise(ctx, "uploads.add");
  const row = await findUpload(ctx.app.db, id);
  const isSeen = row && (isOwn(ctx, row.upload) || mayReadContent(ctx, row.upload));
  if (row === undefined || !isSeen) throw errors.uploadNotFound();
  if (!mayChange(ctx, row.upload)) throw forbidden();
  return row;
}

/** One whose content the actor may send: nobody sends what another has announced. */
export async function requireOwn(ctx: Ctx, id: string): Promise<UploadRow> {
  authorise(ctx, "uploads.add");
  const row = await findUpload(ctx.app.db, id);
  const isTheirs = row && isOwn(ctx, row.upload) && mayChange(ctx, row.upload);
  if (row === undefined || !isTheirs) throw errors.uploadNotFound();
  return row;
}
