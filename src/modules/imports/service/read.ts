import { authorise, may, permittedSites } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Import, ImportPage } from "../model.ts";
import * as queries from "../queries.ts";

/** An import and its report. Throws `imports.not_found` (404). */
export async function getImport(ctx: Ctx, id: string): Promise<Import> {
  authorise(ctx, "imports.read");
  const found = await queries.findImport(ctx.app.db, id);
  if (found === undefined || !may(ctx, "imports.read", found.siteId)) throw errors.importNotFound();
  return found;
}

/** Imports at the sites that the actor may read, newest first, without their lines. */
export async function listImports(ctx: Ctx, query: queries.ImportFilter): Promise<ImportPage> {
  return queries.listImports(ctx.app.db, query, permittedSites(ctx, "imports.read"));
}
