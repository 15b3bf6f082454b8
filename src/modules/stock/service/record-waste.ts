import { permittedSites, visibleResult } from "#modules/access/index.ts";
import { authoriseSite } from "#modules/sites/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { wasteRecorded } from "../events.ts";
import { notReversed } from "../model/document.ts";
import { type NewWaste, Waste } from "../model/waste.ts";
import { insertWaste } from "../queries/wastes.ts";
import { lockBalances } from "./ledger.ts";
import { lineAnswer } from "./lines.ts";
import { postingMoment } from "./moment.ts";
import { enterLotLines, takeLines } from "./take-lines.ts";

/**
 * Writes stock off, expired and held stock too. Lines that name a lot are taken first, so that the
 * others do not take it from them. Throws `stock.short` (409) and 422 for what cannot be wasted.
 */
export async function recordWaste(
  ctx: Ctx,
  key: string,
  input: NewWaste,
): Promise<CommandResult<Waste>> {
  authoriseSite(ctx, "stock.waste", input.siteId);
  const counts = { name: "wastes_recorded", help: "Wastes recorded" };
  const command = { route: "stock/waste", key, body: input, counts };
  try {
    const running = runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await record(tx, ctx, input),
    }));
    return await visibleResult(ctx, Waste, running);
  } catch (error) {
    if (constraintOf(error) === "wastes_pkey") throw errors.documentIdTaken(error);
    throw error;
  }
}

async function record(tx: Tx, ctx: Ctx, input: NewWaste): Promise<Waste> {
  const { siteId, reason } = input;
  const [{ effectiveAt, effectiveOn, businessDate }, lines] = await inOrder(
    postingMoment(tx, ctx, siteId),
    enterLotLines(tx, input.lines, {
      areOutgoing: true,
      siteIds: permittedSites(ctx, "stock.waste"),
    }),
  );
  const waste = { id: input.id ?? newId(), siteId, effectiveAt, reason };
  await lockBalances(
    tx,
    siteId,
    lines.map((line) => line.itemId),
  );
  const [recordedAt, taken] = await inOrder(
    insertWaste(tx, { ...waste, actor: ctx.actor.id }, lines),
    takeLines(tx, ctx, {
      type: "waste",
      siteId,
      effectiveAt,
      effectiveOn,
      sourceId: waste.id,
      eligibility: "any",
      lines,
    }),
  );
  publish(tx, wasteRecorded, { siteId, businessDate, subjectId: waste.id, payload: {} });
  const answers = lines.map((line) => {
    const value = decimalText(decimal(taken.get(line.id)?.value ?? "0"));
    return { ...lineAnswer(line), lotId: line.lotId, value };
  });
  return { ...waste, recordedAt, lines: answers, ...notReversed };
}
