import type { TSchema } from "@sinclair/typebox";
import type { Ctx } from "#platform/context.ts";
import { mayDo } from "../rules/grants.ts";
import type { Permission } from "../rules/permissions.ts";
import { withoutHidden } from "../rules/visible.ts";

/**
 * The answer as this actor may see it: fields that the shape marks with `Guarded` are absent where
 * the actor lacks their permission, at the site of the record they stand in.
 */
export function visible<T>(ctx: Ctx, shape: TSchema, answer: T): T {
  const { actor } = ctx;
  const seesAll = actor.grants.every(({ permissions }) => permissions.has("costs.read"));
  if (actor.kind === "system" || (seesAll && actor.grants.length > 0)) return answer;
  return withoutHidden(shape, answer, (permission, siteId) =>
    mayDo(actor, permission as Permission, siteId),
  );
}
