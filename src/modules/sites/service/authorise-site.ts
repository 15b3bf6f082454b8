import { authoriseAt, type Permission } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { siteUnknown } from "../errors.ts";

/**
 * Asks for a permission at the site that a command names in its body, before anything is read or
 * locked. A site that the actor does not see looks like a missing one: `sites.site_unknown` (422);
 * whoever sees it but may not do this there gets `access.forbidden` (403).
 */
export function authoriseSite(
  ctx: Ctx,
  permission: Permission,
  siteId: string,
  pointer?: string,
): void {
  const missing = () => siteUnknown(pointer);
  authoriseAt(ctx, permission, siteId, { read: "sites.read", missing });
}
