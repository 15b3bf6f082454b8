import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { DocumentLine } from "../queries/documents.ts";
import { findUnknownLot } from "../queries/wastes.ts";
import { type ConsumePosting, consume, type IssuedLine } from "./ledger.ts";
import { type EntryRules, enterLines, type LineInput } from "./lines.ts";

export interface LotEntryRules extends EntryRules {
  /** Lots of other sites look missing; undefined is none of them. */
  readonly siteIds: readonly string[] | undefined;
}

export interface LotLine extends DocumentLine {
  /** The only lot it may be taken from. */
  readonly lotId: string | null;
}

/** `enterLines` for lines that may name a lot; 422 if one is not of its item. */
export async function enterLotLines(
  tx: Tx,
  lines: readonly (LineInput & { readonly lotId?: string | undefined })[],
  rules: LotEntryRules,
): Promise<LotLine[]> {
  const [unknownLot, entered] = await inOrder(
    findUnknownLot(tx, lines, rules.siteIds),
    enterLines(tx, lines, rules),
  );
  if (unknownLot !== undefined) throw errors.lotUnknown(`/lines/${unknownLot}/lotId`);
  return entered.map((line, index) => ({ ...line, lotId: lines[index]?.lotId ?? null }));
}

export interface LinePosting extends Omit<ConsumePosting, "lines" | "allowShort"> {
  readonly lines: readonly LotLine[];
}

/**
 * Takes what lines say, by the id of the line. Those that name a lot come first, so that the others
 * do not take it from them. Throws `stock.short` (409).
 */
export async function takeLines(
  tx: Tx,
  ctx: Ctx,
  posting: LinePosting,
): Promise<Map<string, IssuedLine>> {
  const wanted = posting.lines.map((line, index) => ({
    line,
    pointer: `/lines/${index}/quantity`,
  }));
  const taken = new Map<string, IssuedLine>();
  for (const isOfLot of [true, false]) {
    const now = wanted.filter(({ line }) => (line.lotId !== null) === isOfLot);
    if (now.length === 0) continue;
    const lines = now.map(({ line, pointer }) => ({
      movementId: newId(),
      itemId: line.itemId,
      quantity: line.quantity,
      sourceLineId: line.id,
      lotId: line.lotId ?? undefined,
      pointer,
    }));
    const issued = await consume(tx, ctx, { ...posting, lines, allowShort: false });
    issued.forEach((each, index) => {
      taken.set(now[index]?.line.id ?? "", each);
    });
  }
  return taken;
}
