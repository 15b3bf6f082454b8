import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { NewWaste, Waste } from "../model/waste.ts";
import type { IssuedLine } from "../queries/issue.ts";
import { findUnknownLot, insertWaste, type WasteLineRow } from "../queries/wastes.ts";
import { consume, lockBalances, postingMoment } from "./ledger.ts";
import { enterLines, lineAnswer } from "./lines.ts";

/**
 * Writes stock off, expired and held stock too. Lines that name a lot are taken first, so that the
 * others do not take it from them. Throws `stock.short` (409) and 422 for what cannot be wasted.
 */
export async function recordWaste(
  ctx: Ctx,
  key: string,
  input: NewWaste,
): Promise<CommandResult<Waste>> {
  const counts = { name: "wastes_recorded", help: "Wastes recorded" };
  const command = { route: "stock/waste", key, body: input, counts };
  try {
    return await runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await record(tx, ctx, input),
    }));
  } catch (error) {
    if (constraintOf(error) === "wastes_pkey") throw errors.documentIdTaken(error);
    throw error;
  }
}

interface WantedLine extends WasteLineRow {
  readonly pointer: string;
}

async function record(tx: Tx, ctx: Ctx, input: NewWaste): Promise<Waste> {
  const { siteId, reason } = input;
  const [{ effectiveAt, effectiveOn }, unknownLot, entered] = await inOrder(
    postingMoment(tx, ctx, siteId),
    findUnknownLot(tx, input.lines),
    enterLines(tx, input.lines, { areOutgoing: true }),
  );
  if (unknownLot !== undefined) throw errors.lotUnknown(`/lines/${unknownLot}/lotId`);
  const lines = entered.map((line, index): WantedLine => {
    return { ...line, lotId: input.lines[index]?.lotId ?? null, pointer: `/lines/${index}` };
  });
  const waste = { id: input.id ?? newId(), siteId, effectiveAt, reason };
  await lockBalances(
    tx,
    siteId,
    lines.map((line) => line.itemId),
  );
  const take = (wanted: readonly WantedLine[]) =>
    takeLines(tx, ctx, { ...waste, effectiveOn, lines: wanted });
  const ofLots = await take(lines.filter((line) => line.lotId !== null));
  const [recordedAt, others] = await inOrder(
    insertWaste(tx, { ...waste, actor: ctx.actor.id }, lines),
    take(lines.filter((line) => line.lotId === null)),
  );
  const values = new Map([...ofLots, ...others]);
  const answers = lines.map((line) => {
    return { ...lineAnswer(line), lotId: line.lotId, value: values.get(line.id) ?? "0" };
  });
  return { ...waste, recordedAt, lines: answers };
}

interface Taking {
  readonly id: string;
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly lines: readonly WantedLine[];
}

/** What each line was worth, by its id. */
async function takeLines(tx: Tx, ctx: Ctx, taking: Taking): Promise<[string, string][]> {
  if (taking.lines.length === 0) return [];
  const issued: IssuedLine[] = await consume(tx, ctx, {
    type: "waste",
    siteId: taking.siteId,
    effectiveAt: taking.effectiveAt,
    effectiveOn: taking.effectiveOn,
    sourceId: taking.id,
    eligibility: "any",
    allowShort: false,
    lines: taking.lines.map((line) => ({
      movementId: newId(),
      itemId: line.itemId,
      quantity: line.quantity,
      sourceLineId: line.id,
      lotId: line.lotId ?? undefined,
      pointer: `${line.pointer}/quantity`,
    })),
  });
  return issued.map((line, index) => {
    return [taking.lines[index]?.id ?? "", decimalText(decimal(line.value))];
  });
}
