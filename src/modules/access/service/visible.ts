import type { TSchema } from "@sinclair/typebox";
import type { CommandResult } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { mayDo, sitesOf } from "../rules/grants.ts";
import type { Permission } from "../rules/permissions.ts";
import { guardsOf, withoutHidden } from "../rules/visible.ts";
import { authoriseAt, type Hidden } from "./authorise.ts";

/**
 * The answer as this actor may see it: fields that the shape marks with `Guarded` are absent where
 * the actor lacks their permission, at the site of the record they stand in; `siteId` is for
 * records that do not name theirs.
 */
export function visible<T>(ctx: Ctx, shape: TSchema, answer: T, siteId?: string): T {
  const { actor } = ctx;
  const seesAll = actor.grants.every(({ permissions }) => permissions.has("costs.read"));
  if (actor.kind === "system" || (seesAll && actor.grants.length > 0)) return answer;
  const sees = (permission: string, at: string | undefined) =>
    mayDo(actor, permission as Permission, at);
  return withoutHidden(shape, answer, sees, siteId);
}

/**
 * All on which `visible` depends, for the key under which an answer of this shape is kept: two
 * actors of the same sight see the same of every record.
 */
export function sightOf(ctx: Ctx, shape: TSchema): readonly unknown[] {
  return guardsOf(shape).map((permission) => [
    permission,
    sitesOf(ctx.actor, permission as Permission)?.toSorted() ?? null,
  ]);
}

/** The same for a command: what is stored under its key stays whole, also when it is a replay. */
export async function visibleResult<T>(
  ctx: Ctx,
  shape: TSchema,
  running: Promise<CommandResult<T>>,
): Promise<CommandResult<T>> {
  const result = await running;
  return { ...result, body: visible(ctx, shape, result.body) };
}

export interface RecordCommand extends Hidden {
  readonly shape: TSchema;
  readonly permission: Permission;
}

/**
 * The same for a command on a record, whose site it learns while it runs: a replay does not run, so
 * here the actor is asked again for what may have been taken away since.
 */
export async function visibleRecordResult<T extends { readonly siteId: string }>(
  ctx: Ctx,
  { shape, permission, ...hidden }: RecordCommand,
  running: Promise<CommandResult<T>>,
): Promise<CommandResult<T>> {
  const result = await running;
  if (result.replayed) authoriseAt(ctx, permission, result.body.siteId, hidden);
  return { ...result, body: visible(ctx, shape, result.body) };
}
