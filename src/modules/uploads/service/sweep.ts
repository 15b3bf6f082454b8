import type { Ctx } from "#platform/context.ts";
import { storageOf } from "#platform/storage.ts";
import { keptObjects, listUnfinished } from "../queries/states.ts";
import { thumbnailFolder, uploadFolder } from "../rules/objects.ts";
import { refuseUpload } from "./decide.ts";

const dayMs = 86_400_000;
const objectsAtOnce = 200;

/**
 * Ends uploads that were announced a day ago and have not ended, and deletes objects of that age which
 * no upload needs.
 */
export async function sweepUploads(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - dayMs).toISOString();
  for (const { id, state } of await listUnfinished(ctx.app.db, before)) {
    await refuseUpload(ctx, id, state === "waiting" ? "never_sent" : "failed", undefined);
  }
  if (ctx.app.storage === undefined) return;
  for (const folder of [uploadFolder, thumbnailFolder]) await sweepFolder(ctx, folder, before);
}

async function sweepFolder(ctx: Ctx, folder: string, before: string): Promise<void> {
  let names: string[] = [];
  for await (const { name, createdAt } of storageOf(ctx.app).list(folder)) {
    if (createdAt < before) names.push(name);
    if (names.length < objectsAtOnce) continue;
    await dropUnneeded(ctx, names);
    names = [];
  }
  await dropUnneeded(ctx, names);
}

async function dropUnneeded(ctx: Ctx, names: readonly string[]): Promise<void> {
  const kept = await keptObjects(ctx.app.db, names);
  for (const name of names) {
    if (!kept.has(name)) await storageOf(ctx.app).delete(name);
  }
}
