import { permissionNames } from "#modules/access/index.ts";
import { getKey, issueKey } from "#modules/keys/index.ts";
import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { fixedId } from "./world.ts";

/**
 * One API key with every permission, shown when it is made and never again; undefined if the demo has
 * it already.
 */
export async function demoKey(ctx: Ctx): Promise<string | undefined> {
  const id = fixedId("key");
  try {
    await getKey(ctx, id);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== "not_found") throw error;
    const issued = await issueKey(ctx, { id, name: "Demo", scopes: [...permissionNames] });
    return issued.key;
  }
}
