import { permittedSites } from "#modules/access/index.ts";
import { authoriseSite } from "#modules/sites/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { decimal, ZERO } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { transferRecorded } from "../events.ts";
import type { NewTransfer, Transfer } from "../model/transfer.ts";
import { lockPairs } from "../queries/balances.ts";
import * as transfers from "../queries/transfers.ts";
import { settle } from "./ledger.ts";
import { type Moment, postingMoment } from "./moment.ts";
import { readTransfer, visibleTransfer } from "./read-documents.ts";
import { enterLotLines, type LotLine, takeLines } from "./take-lines.ts";

/**
 * Carries stock to another site: same lots, same value, same age (domain rules 3), then settles
 * what that site had sold of it. Throws `stock.short` (409) and 422 for what cannot be carried.
 */
export async function transferStock(
  ctx: Ctx,
  key: string,
  input: NewTransfer,
): Promise<CommandResult<Transfer>> {
  const { fromSiteId, toSiteId } = input;
  authoriseSite(ctx, "stock.transfer", fromSiteId, "/fromSiteId");
  authoriseSite(ctx, "stock.transfer", toSiteId, "/toSiteId");
  if (fromSiteId === toSiteId) throw errors.sameSite("/toSiteId");
  const counts = { name: "transfers_recorded", help: "Transfers between sites" };
  const command = { route: "transfers", key, body: input, counts };
  try {
    const result = await runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await record(tx, ctx, input),
    }));
    return { ...result, body: visibleTransfer(ctx, result.body) };
  } catch (error) {
    if (constraintOf(error) === "transfers_pkey") throw errors.documentIdTaken(error);
    throw error;
  }
}

async function record(tx: Tx, ctx: Ctx, input: NewTransfer): Promise<Transfer> {
  const { fromSiteId, toSiteId, note = null } = input;
  // One instant for both sites; the date may differ between them.
  const at = input.effectiveAt ?? ctx.now().toISOString();
  const [from, to, lines] = await inOrder(
    postingMoment(tx, ctx, fromSiteId, at, { site: "/fromSiteId" }),
    postingMoment(tx, ctx, toSiteId, at, { site: "/toSiteId" }),
    enterLotLines(tx, input.lines, {
      areOutgoing: false,
      siteIds: permittedSites(ctx, "stock.transfer"),
    }),
  );
  const { effectiveAt } = from;
  const transfer = { id: input.id ?? newId(), fromSiteId, toSiteId, effectiveAt, note };
  const itemIds = [...new Set(lines.map((line) => line.itemId))];
  const locked = await lockPairs(
    tx,
    itemIds.flatMap((itemId) => [fromSiteId, toSiteId].map((siteId) => ({ itemId, siteId }))),
  );
  const [, sentIds] = await inOrder(
    transfers.insertTransfer(tx, { ...transfer, actor: ctx.actor.id }, lines),
    send(tx, ctx, { id: transfer.id, siteId: fromSiteId, moment: from, lines }),
  );
  await arrive(tx, ctx, { siteId: toSiteId, moment: to, sentIds });
  const short = locked.filter((balance) => {
    return balance.siteId === toSiteId && !decimal(balance.shortQuantity).eq(ZERO);
  });
  const shortIds = short.map((balance) => balance.itemId);
  if (shortIds.length > 0) await settle(tx, ctx, toSiteId, shortIds, { effectiveAt });
  publishSides(tx, transfer.id, [
    { siteId: fromSiteId, moment: from },
    { siteId: toSiteId, moment: to },
  ]);
  return readTransfer(tx, transfer.id);
}

function publishSides(tx: Tx, subjectId: string, sides: readonly [Side, Side]): void {
  for (const [side, other] of [sides, sides.toReversed() as [Side, Side]]) {
    const { siteId, moment } = side;
    const payload = { otherSiteId: other.siteId };
    const { businessDate } = moment;
    publish(tx, transferRecorded, { siteId, businessDate, subjectId, payload });
  }
}

interface Side {
  readonly siteId: string;
  readonly moment: Moment;
}

async function send(
  tx: Tx,
  ctx: Ctx,
  from: Side & { readonly id: string; readonly lines: readonly LotLine[] },
): Promise<string[]> {
  const taken = await takeLines(tx, ctx, {
    type: "transfer_out",
    siteId: from.siteId,
    effectiveAt: from.moment.effectiveAt,
    effectiveOn: from.moment.effectiveOn,
    sourceId: from.id,
    eligibility: "eligible",
    lines: from.lines,
  });
  return [...taken.values()].map((issued) => issued.movementId);
}

async function arrive(
  tx: Tx,
  ctx: Ctx,
  to: Side & { readonly sentIds: readonly string[] },
): Promise<void> {
  const sent = await transfers.listSentParts(tx, to.sentIds);
  await transfers.insertArrival(tx, {
    siteId: to.siteId,
    effectiveAt: to.moment.effectiveAt,
    effectiveOn: to.moment.effectiveOn,
    actor: ctx.actor.id,
    parts: sent.map((part) => ({ ...part, newLayerId: newId(), newMovementId: newId() })),
  });
}
