import { permittedSites, visibleResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { authoriseSite } from "#modules/sites/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { type Decimal, decimal, decimalText, ZERO } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { countRecorded } from "../events.ts";
import { Count, type NewCount } from "../model/count.ts";
import { notReversed } from "../model/document.ts";
import { insertCount, listBooks } from "../queries/counts.ts";
import { shareHolds } from "../queries/holds.ts";
import { receiveStock } from "../queries/receive.ts";
import { compare, differencesOf, type Found, refuseTwice, toAnswer } from "./count-lines.ts";
import { consume, lockBalances, settle } from "./ledger.ts";
import { enterLines } from "./lines.ts";
import { type Moment, postingMoment } from "./moment.ts";

/**
 * Writes down what was found. The books take the difference at count time, so that what was
 * recorded since stays true, then settle shortfalls (domain rules 4). Throws `stock.short` (409) if
 * more is missing than is left, and 422 for what cannot be counted.
 */
export async function recordCount(
  ctx: Ctx,
  key: string,
  input: NewCount,
): Promise<CommandResult<Count>> {
  authoriseSite(ctx, "stock.count", input.siteId);
  const counts = { name: "counts_recorded", help: "Counts recorded" };
  const command = { route: "stock/counts", key, body: input, counts };
  try {
    const running = runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await record(tx, ctx, input),
    }));
    return await visibleResult(ctx, Count, running);
  } catch (error) {
    if (constraintOf(error) === "counts_pkey") throw errors.documentIdTaken(error);
    throw error;
  }
}

interface Posting extends Moment {
  readonly id: string;
  readonly siteId: string;
}

async function record(tx: Tx, ctx: Ctx, input: NewCount): Promise<Count> {
  refuseTwice(input.lines);
  const { siteId } = input;
  const [moment, entered] = await inOrder(
    postingMoment(tx, ctx, siteId, input.countedAt, { moment: "/countedAt" }),
    enterLines(
      tx,
      input.lines.map((line) => ({ ...line, quantity: line.counted })),
      {
        areOutgoing: false,
      },
    ),
  );
  const posting = { ...moment, id: input.id ?? newId(), siteId };
  if (input.lines.some((line) => line.lotId !== undefined)) await shareHolds(tx);
  const locked = await lockBalances(
    tx,
    siteId,
    entered.map((line) => line.itemId),
  );
  const siteIds = permittedSites(ctx, "stock.count");
  const books = await listBooks(tx, { ...posting, siteIds }, input.lines);
  const found = entered.map((line, index) => {
    return compare(line, { index, lotId: input.lines[index]?.lotId, books: books[index] });
  });
  const values = new Map<string, Decimal>(await takeLosses(tx, ctx, posting, found));
  await receiveGains(tx, ctx, posting, found);
  const { id, effectiveAt, businessDate } = posting;
  const [recordedAt] = await inOrder(
    insertCount(tx, { id, siteId, effectiveAt, actor: ctx.actor.id }, found),
    recordDeed(tx, ctx, {
      action: "count.recorded",
      subject: { kind: "count", id },
      siteId,
      after: { differences: differencesOf(found) },
    }),
  );
  const short = [...locked.values()].filter((balance) => !decimal(balance.shortQuantity).eq(ZERO));
  if (short.length > 0)
    await settle(
      tx,
      ctx,
      siteId,
      short.map((balance) => balance.itemId),
      posting,
    );
  publish(tx, countRecorded, { siteId, businessDate, subjectId: id, payload: {} });
  const lines = found.map((line) => toAnswer(line, values.get(line.id) ?? line.gain));
  return { id, siteId, effectiveAt, recordedAt, ...notReversed, lines };
}

/** What each loss was worth, negative, by its line. */
async function takeLosses(
  tx: Tx,
  ctx: Ctx,
  posting: Posting,
  found: readonly Found[],
): Promise<[string, Decimal][]> {
  const losses = found.filter((line) => line.change.lt(ZERO));
  if (losses.length === 0) return [];
  const issued = await consume(tx, ctx, {
    type: "count",
    siteId: posting.siteId,
    effectiveAt: posting.effectiveAt,
    effectiveOn: posting.effectiveOn,
    sourceId: posting.id,
    eligibility: "loss",
    allowShort: false,
    lines: losses.map((line) => ({
      movementId: newId(),
      itemId: line.itemId,
      quantity: decimalText(line.change.times(decimal("-1"))),
      sourceLineId: line.id,
      lotId: line.lotId ?? undefined,
      pointer: `/lines/${line.index}/counted`,
    })),
  });
  return losses.map((line, i) => [line.id, ZERO.minus(decimal(issued[i]?.value ?? "0"))]);
}

async function receiveGains(
  tx: Tx,
  ctx: Ctx,
  posting: Posting,
  found: readonly Found[],
): Promise<void> {
  const gains = found.filter((line) => line.change.gt(ZERO));
  if (gains.length === 0) return;
  await receiveStock(tx, {
    type: "count",
    origin: "count",
    siteId: posting.siteId,
    effectiveAt: posting.effectiveAt,
    effectiveOn: posting.effectiveOn,
    sourceId: posting.id,
    actor: ctx.actor.id,
    lines: gains.map((line) => ({
      // More found of a lot is a layer of that lot, as old as the rest: the next count finds it there.
      lotId: line.lotId ?? newId(),
      layerId: newId(),
      movementId: newId(),
      itemId: line.itemId,
      quantity: line.difference,
      value: decimalText(line.gain),
      expiresOn: line.books.expiresOn,
      supplierLot: line.books.supplierLot,
      sourceLineId: line.id,
    })),
  });
}
