import { authorise, authoriseAt } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { type Decimal, decimal, decimalText, roundTo } from "#platform/decimal.ts";
import { AppError, invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { priceCorrected } from "../events.ts";
import type { NewPriceCorrection, PriceCorrection } from "../model/price-correction.ts";
import { adjustLayers, insertCostAdjustments } from "../queries/cost-adjustments.ts";
import {
  type CorrectableLine,
  insertPriceCorrection,
  listCorrectableLines,
  type PriceCorrectionLineRow,
} from "../queries/price-corrections.ts";
import { type CostFlow, lockClosure, spreadOver } from "./cost-flow.ts";
import { momentAfter } from "./moment.ts";
import { readPriceCorrection } from "./read-corrections.ts";

export interface PriceCorrectionRequest {
  readonly receiptId: string;
  readonly key: string;
  readonly input: NewPriceCorrection;
}

const attemptsMax = 3;

// One statement writes both, and either may be the first to refuse an id.
const ownIds: ReadonlySet<string> = new Set([
  "price_corrections_pkey",
  "price_correction_lines_position",
]);

/**
 * Corrects what lines of a receipt cost, after the fact (domain rules 4): the difference follows the
 * goods to what is on hand, to what was made of them and to those who took it. Dated now; nothing
 * is posted again. Throws 422 for lines it cannot correct, `stock.document_not_found` (404), and
 * `stock.correction_busy` (409) if the goods kept moving on while it looked three times.
 */
export async function correctPrices(
  ctx: Ctx,
  request: PriceCorrectionRequest,
): Promise<CommandResult<PriceCorrection>> {
  for (const permission of needed) authorise(ctx, permission);
  const result = await correctInTime(ctx, request);
  if (result.replayed) authoriseAtReceipt(ctx, result.body.siteId);
  return result;
}

/** What is corrected is a cost, and so is all of the answer. */
const needed = ["stock.correct_price", "costs.read"] as const;

function authoriseAtReceipt(ctx: Ctx, siteId: string): void {
  const hidden = { read: "stock.read", missing: errors.documentNotFound } as const;
  for (const permission of needed) authoriseAt(ctx, permission, siteId, hidden);
}

async function correctInTime(ctx: Ctx, request: PriceCorrectionRequest) {
  for (let attempts = 1; ; attempts++) {
    try {
      return await correctOnce(ctx, request);
    } catch (error) {
      if (ownIds.has(constraintOf(error) ?? "")) throw errors.documentIdTaken(error);
      const isBusy = error instanceof AppError && error.code === "stock.correction_busy";
      if (!isBusy || attempts === attemptsMax) throw error;
    }
  }
}

function correctOnce(ctx: Ctx, { receiptId, key, input }: PriceCorrectionRequest) {
  const counts = { name: "prices_corrected", help: "Late price corrections" };
  const route = `receipts/${receiptId}/price-corrections`;
  return runCommand(ctx, { route, key, body: input, counts }, async (tx) => ({
    status: 201,
    body: await correct(tx, ctx, receiptId, input),
  }));
}

async function correct(
  tx: Tx,
  ctx: Ctx,
  receiptId: string,
  input: NewPriceCorrection,
): Promise<PriceCorrection> {
  const [settings, known] = await inOrder(readSettings(tx), listCorrectableLines(tx, receiptId));
  const siteId = known[0]?.siteId;
  if (siteId === undefined) throw errors.documentNotFound();
  authoriseAtReceipt(ctx, siteId);
  const digits = minorDigitsOf(settings.currency);
  const wanted = wantedLines(input, known, digits);
  const flow = await lockClosure(
    tx,
    wanted.map(({ line }) => line.layerId),
  );
  // What a line costs by now is only known under the lock.
  const costs = new Map((await listCorrectableLines(tx, receiptId)).map((line) => [line.id, line]));
  const lines = wanted.map(({ line, cost }, index): CorrectedLine => {
    const previousCost = costs.get(line.id)?.cost ?? line.cost;
    const difference = cost.minus(decimal(previousCost));
    if (difference.eq("0")) throw errors.sameCost(`/lines/${index}/totalCost`);
    return {
      id: newId(),
      receiptLineId: line.id,
      layerId: line.layerId,
      previousCost,
      totalCost: decimalText(cost),
      difference: BigInt(difference.times("1000000").toFixed(0)),
    };
  });
  const { effectiveAt, businessDate } = await momentAfter(tx, ctx, siteId, flow.latest);
  const id = input.id ?? newId();
  const document = { id, siteId, effectiveAt, receiptId, reason: input.reason ?? null };
  await post(tx, ctx, { document, lines, flow });
  const costsBy = (name: "previousCost" | "totalCost") =>
    lines.map((line) => ({ lineId: line.receiptLineId, cost: line[name] }));
  await recordDeed(tx, ctx, {
    action: "receipt.prices_corrected",
    subject: { kind: "receipt", id: receiptId },
    siteId,
    before: { lines: costsBy("previousCost") },
    after: { correctionId: id, lines: costsBy("totalCost") },
  });
  const payload = { correctionId: id };
  publish(tx, priceCorrected, { siteId, businessDate, subjectId: receiptId, payload });
  return readPriceCorrection(tx, id);
}

interface WantedLine {
  readonly line: CorrectableLine;
  readonly cost: Decimal;
}

function wantedLines(
  input: NewPriceCorrection,
  known: readonly CorrectableLine[],
  digits: number,
): WantedLine[] {
  const byId = new Map(known.map((line) => [line.id, line]));
  const named = new Set<string>();
  return input.lines.map(({ lineId, totalCost }, index) => {
    const pointer = `/lines/${index}`;
    const line = byId.get(lineId);
    if (line === undefined) throw errors.lineUnknown(`${pointer}/lineId`);
    if (named.has(lineId)) throw errors.lineTwice(`${pointer}/lineId`);
    named.add(lineId);
    const cost = decimal(totalCost);
    if (!roundTo(cost, digits).eq(cost)) {
      throw errors.amountTooFine(`${pointer}/totalCost`, digits);
    }
    return { line, cost };
  });
}

interface CorrectedLine extends PriceCorrectionLineRow {
  readonly layerId: string;
  readonly difference: bigint;
}

interface CorrectionPosting {
  readonly document: {
    readonly id: string;
    readonly siteId: string;
    readonly effectiveAt: string;
    readonly receiptId: string;
    readonly reason: string | null;
  };
  readonly lines: readonly CorrectedLine[];
  readonly flow: CostFlow;
}

async function post(tx: Tx, ctx: Ctx, { document, lines, flow }: CorrectionPosting): Promise<void> {
  const differences = new Map(lines.map((line) => [line.layerId, line.difference]));
  const { kept, costs } = spreadOver(flow, differences);
  const total = (values: readonly { readonly value: string }[]) =>
    values.reduce((sum, each) => sum + BigInt(each.value), 0n);
  const of = (kind: string) => total(costs.filter((row) => row.kind === kind));
  const difference = lines.reduce((sum, line) => sum + line.difference, 0n);
  invariant(total(kept) + total(costs) === difference, "all of a late price goes somewhere");
  const { id: sourceId, effectiveAt } = document;
  const actor = ctx.actor.id;
  await inOrder(
    insertPriceCorrection(
      tx,
      {
        ...document,
        actor,
        sums: [total(kept), of("sale"), of("waste"), of("count"), of("return"), of("loss")],
      },
      lines,
    ),
    adjustLayers(tx, { sourceId, effectiveAt, actor, lines: kept }),
    insertCostAdjustments(tx, { correctionId: sourceId, effectiveAt }, costs),
  );
}
