import { type HistorySale, recordHistory } from "#modules/sales/index.ts";
import { openSince } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { newIds } from "#platform/id.ts";
import * as errors from "../../errors.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import type { SoldArticles } from "../../queries/till-articles.ts";
import { type Begun, holdAttempt, noteRecorded } from "../../queries/till-exports.ts";
import { listKnownLines } from "../../queries/till-known.ts";
import { addToDays, clearStaged, insertFlags, readStaged } from "../../queries/till-lines.ts";
import { waitForTurn } from "../../queries.ts";
import type { Flag } from "../../rules/till/flags.ts";
import { SOLD } from "../../rules/till/staged.ts";
import {
  daySums,
  groupBy,
  type StagedRow,
  type Ticket,
  ticketsOf,
  ticketText,
} from "../../rules/till/tickets.ts";

export interface Recording {
  readonly begun: Begun;
  readonly mapping: TillMapping;
  readonly articles: SoldArticles;
  /** Called when lines are in the books. */
  readonly recorded: (lines: number) => void;
}

const rowsAtOnce = 3_000;

/** Writes staged tickets to the books, a page a transaction, until none is left. */
export async function recordSold(ctx: Ctx, recording: Recording): Promise<void> {
  const page = { importId: recording.begun.id, part: SOLD, limit: rowsAtOnce };
  let rows = await readStaged(ctx.app.db, { ...page, after: "" });
  while (rows.length > 0) {
    const after = rows.at(-1)?.sortKey ?? "";
    const [next] = await Promise.all([
      readStaged(ctx.app.db, { ...page, after }),
      ctx.app.db.withTransaction((tx) => recordPage(tx, ctx, recording, rows)),
    ]);
    recording.recorded(linesIn(rows));
    rows = next;
  }
}

async function recordPage(
  tx: Tx,
  ctx: Ctx,
  recording: Recording,
  rows: readonly StagedRow[],
): Promise<void> {
  const { begun, mapping, articles } = recording;
  if (!(await holdAttempt(tx, begun))) throw errors.takenOver();
  if (!begun.dryRun) await waitForTurn(tx);
  const { tickets, flags } = ticketsOf(rows, mapping.ticketScope);
  const judged = await judge(tx, recording, tickets);
  flags.push(...judged.flags);
  if (!begun.dryRun && judged.news.length > 0) {
    const ids = newIds(judged.news.length);
    const sales = judged.news.map((ticket, index) => saleOf(ids[index] ?? "", ticket, articles));
    await recordHistory(tx, ctx, { siteId: begun.siteId, sales });
  }
  const counts = await insertFlags(tx, begun.id, flags);
  await addToDays(tx, begun.id, "sold", daySums([...judged.news, ...judged.unchanged]));
  await noteRecorded(tx, begun.id, {
    lines: linesIn(rows),
    ticketsCreated: judged.news.length,
    ticketsUnchanged: judged.unchanged.length,
    ticketsChanged: judged.changed,
    ...counts,
  });
  clearStaged(tx, begun.id, SOLD, rows.at(-1)?.sortKey ?? "");
}

export function linesIn(rows: readonly StagedRow[]): number {
  return rows.reduce((count, { lines }) => count + lines.split(" ").length / 5, 0);
}

interface Judged {
  readonly news: Ticket[];
  readonly unchanged: Ticket[];
  readonly flags: Flag[];
  readonly changed: number;
}

/** What the site knows already stays; what it knows otherwise is flagged. */
async function judge(tx: Tx, recording: Recording, tickets: readonly Ticket[]): Promise<Judged> {
  const { begun, articles } = recording;
  const numbers = tickets.map((ticket) => ticket.number);
  const known = groupBy(await listKnownLines(tx, begun.siteId, numbers), (line) => line.number);
  const judged = { news: [] as Ticket[], unchanged: [] as Ticket[], flags: [] as Flag[] };
  const seen = new Set<string>();
  const isClosed = await closedTest(tx, begun.siteId);
  let changed = 0;
  for (const ticket of tickets) {
    const before = known.get(ticket.number);
    const isTwin = seen.has(ticket.number);
    seen.add(ticket.number);
    if (before === undefined && !isTwin && isClosed(ticket)) {
      for (const { row } of ticket.lines) judged.flags.push({ row, column: "", code: "closed" });
    } else if (before === undefined && !isTwin) judged.news.push(ticket);
    else if (before !== undefined && !isTwin && isSame(ticket, before, articles)) {
      judged.unchanged.push(ticket);
    } else {
      changed += 1;
      const code = "ticket_changed";
      for (const { row } of ticket.lines) judged.flags.push({ row, column: "", code });
    }
  }
  return { ...judged, changed };
}

/** A period may have been closed since the lines were read; none is while this transaction runs. */
export async function closedTest(tx: Tx, siteId: string) {
  const since = await openSince(tx, siteId);
  const open = since === null ? undefined : Date.parse(since);
  return ({ soldAt }: { readonly soldAt: string }): boolean =>
    open !== undefined && Date.parse(soldAt) < open;
}

function isSame(
  { soldAt, lines }: Ticket,
  before: Awaited<ReturnType<typeof listKnownLines>>,
  articles: SoldArticles,
): boolean {
  const named = lines.map((line) => ({ ...line, name: nameOf(articles, line.article) }));
  return ticketText(soldAt, named) === ticketText(before[0]?.soldAt ?? "", before);
}

export function nameOf(articles: SoldArticles, article: number): string {
  return articles.get(article)?.name ?? "";
}

function saleOf(saleId: string, ticket: Ticket, articles: SoldArticles): HistorySale {
  const { number, businessDate, soldAt } = ticket;
  const lines = ticket.lines.map(({ article, quantity, unitPrice, total }) => {
    const { itemId, name = "", unit = "piece" } = articles.get(article) ?? {};
    invariant(itemId, "every article of a staged line has an item");
    return { itemId, unit, name, quantity, unitPrice, total };
  });
  return { saleId, foreignNumber: number, businessDate, soldAt, lines };
}
