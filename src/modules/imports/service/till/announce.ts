import { authoriseAt } from "#modules/access/index.ts";
import { requireSite, siteUnknown } from "#modules/sites/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../../errors.ts";
import type { NewTillExport, TillExport } from "../../model/till-exports.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import { insertTillExport } from "../../queries/till-exports.ts";

/**
 * Announces a till's export; its content follows. Throws `sites.site_unknown` (422),
 * `imports.ticket_scope`, `imports.marks`, `imports.currency` (422) and `imports.id_taken` (409).
 */
export async function announceTillExport(
  ctx: Ctx,
  key: string,
  input: NewTillExport,
): Promise<CommandResult<TillExport>> {
  const hidden = { read: "sites.read", missing: siteUnknown } as const;
  authoriseAt(ctx, "imports.record", input.siteId, hidden);
  if (input.mapping !== undefined) checkMapping(input.mapping);
  const counts = { name: "till_exports_announced", help: "Till exports announced" };
  const command = { route: "imports/till-exports", key, body: input, counts };
  try {
    return await runCommand(ctx, command, async (tx) => {
      await requireSite(tx, input.siteId);
      const announced = await insertTillExport(
        tx,
        { ...input, id: input.id ?? newId() },
        ctx.actor.id,
      );
      invariant(announced, "an insert returns its row");
      return { status: 201, body: announced };
    });
  } catch (error) {
    if (constraintOf(error) === "till_exports_pkey") throw errors.tillExportIdTaken(error);
    throw error;
  }
}

/** What a mapping's own parts must have in common. */
export function checkMapping(mapping: TillMapping): void {
  const { columns, ticketScope, decimal, thousands, currency = "" } = mapping;
  const needsNumbers = ticketScope === "file" || ticketScope === "day";
  if (needsNumbers && columns.ticket === undefined) throw errors.scopeUnsaid();
  if (thousands === decimal) throw errors.marksAlike();
  if (/[\d()+\u2212\u2013-]|^[.,\s]+$/.test(currency)) throw errors.noCurrencySign();
}
