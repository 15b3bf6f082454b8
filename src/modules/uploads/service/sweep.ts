import type { Ctx } from "#platform/context.ts";
import { storageOf } from "#platform/storage.ts";
import { keptObjects } from "../queries/states.ts";
import { thumbnailFolder, uploadFolder } from "../rules/objects.ts";

const dayMs = 86_400_000;
const objectsAtOnce = 200;

/**
 * Deletes objects that are a day old and that no upload needs. Names are random, so it has to look at
 * all there are.
 */
export async function sweepObjects(ctx: Ctx): Promise<void> {
  if (ctx.app.storage === undefined) return;
  const before = new Date(ctx.now().getTime() - dayMs).toISOString();
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
