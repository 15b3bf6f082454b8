import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Import, ImportPage } from "../model.ts";
import * as queries from "../queries.ts";

/** An import and its report. Throws `imports.not_found` (404). */
export async function getImport(ctx: Ctx, id: string): Promise<Import> {
  const found = await queries.findImport(ctx.app.db, id);
  if (found === undefined) throw errors.importNotFound();
  return found;
}

/** Imports, newest first, without their lines. */
export function listImports(ctx: Ctx, query: queries.ImportFilter): Promise<ImportPage> {
  return queries.listImports(ctx.app.db, query);
}
