import { createHash } from "node:crypto";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../../errors.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import { type Begun, noteProgress } from "../../queries/till-exports.ts";
import { insertFlags, stageFragments } from "../../queries/till-lines.ts";
import { Spellings } from "../../rules/till/articles.ts";
import { placesIn } from "../../rules/till/columns.ts";
import { markedEncoding } from "../../rules/till/encoding.ts";
import type { Flag } from "../../rules/till/flags.ts";
import { rowReader } from "../../rules/till/lines.ts";
import { Fragments } from "../../rules/till/staged.ts";
import { type Opened, Rows, type TillProgress } from "./read-rows.ts";

const rowsAtOnce = 4_000;
const articlesMax = 10_000;

interface Reading {
  readonly begun: Begun;
  readonly mapping: TillMapping;
  readonly minorDigits: number;
  readonly moved: (progress: TillProgress) => void;
}

interface Batch {
  readonly fragments: Fragments;
  readonly flags: Flag[];
}

/**
 * Reads a file from its first row into the staged lines, a few thousand rows a transaction. Rows that
 * an attempt before has staged are read again, must be the same, and are not staged twice.
 */
export async function readFile(ctx: Ctx, opened: Opened, reading: Reading) {
  const { begun, mapping } = reading;
  const spellings = new Spellings(mapping.placeholders);
  const rows = new Rows(opened, mapping);
  const rowsHash = createHash("sha256");
  let batch: Batch = { fragments: new Fragments(), flags: fileFlags(opened, mapping) };
  let read: ReturnType<typeof rowReader> | undefined;
  let text = "";
  let row = 0;
  let writing: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    rowsHash.update(text);
    text = "";
    const full = batch;
    batch = { fragments: new Fragments(), flags: [] };
    const at = {
      rowsRead: row,
      bytesRead: rows.bytesRead,
      rowsHash: rowsHash.copy().digest("hex"),
    };
    if (row === begun.rowsRead && at.rowsHash !== begun.rowsHash) throw errors.otherFile();
    if (row <= begun.rowsRead) return;
    await writing;
    writing = stage(ctx, reading, full, at);
    // Waited for below; until then a failure must not be taken for one that nobody sees.
    writing.catch(() => {});
  }

  try {
    for await (const cells of rows) {
      row += 1;
      text += `${cells.join("\u{1f}")}\u{1e}`;
      if (read === undefined) {
        const places = placesIn(cells, mapping);
        if (!places.isKnown) throw errors.columnMissing(places.pointer);
        const { minorDigits } = reading;
        read = rowReader(
          { mapping, places, minorDigits, spellings },
          {
            line: (line) => batch.fragments.add(line),
            flag: (flag) => batch.flags.push(flag),
          },
        );
        if (!mapping.hasHeader) read(cells, row);
      } else read(cells, row);
      if (row % rowsAtOnce === 0 || row === begun.rowsRead) {
        if (spellings.list.length > articlesMax) throw errors.tooManyArticles(articlesMax);
        await flush();
      }
    }
    if (row === 0) throw errors.emptyFile();
    if (row < begun.rowsRead || (begun.isRead && row > begun.rowsRead)) throw errors.otherFile();
    if (spellings.list.length > articlesMax) throw errors.tooManyArticles(articlesMax);
    await flush();
  } finally {
    await writing;
  }
  const { bytesRead } = rows;
  return { spellings, contentHash: rows.contentHash(), rowsRead: row, bytesRead };
}

function fileFlags({ head }: Opened, { columns, encoding, layout }: TillMapping): Flag[] {
  const flags: Flag[] = [];
  const marked = markedEncoding(head);
  if (marked !== undefined && marked !== encoding) {
    flags.push({ row: 0, column: "", code: "byte_order_mark" });
  }
  if (layout === "wide" || (columns.unitPrice === undefined && columns.total === undefined)) {
    flags.push({ row: 0, column: "", code: "no_prices" });
  }
  return flags;
}

interface At {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly rowsHash: string;
}

async function stage(ctx: Ctx, reading: Reading, batch: Batch, at: At): Promise<void> {
  const { id: importId, siteId, startedAt: now } = reading.begun;
  const { list, count } = batch.fragments;
  await ctx.app.db.withTransaction(async (tx) => {
    const refused = await stageFragments(tx, { importId, siteId, now }, list);
    const late = refused.flatMap(({ index, code }) =>
      (list[index]?.lines ?? []).map(({ row }): Flag => ({ row, column: "", code })),
    );
    const flags = [...batch.flags, ...late];
    const counts = await insertFlags(tx, importId, flags);
    const isOurs = await noteProgress(tx, reading.begun, {
      ...at,
      ...counts,
      lines: count - late.length,
    });
    if (!isOurs) throw errors.takenOver();
  });
  reading.moved({ rowsRead: at.rowsRead, bytesRead: at.bytesRead, linesRecorded: 0 });
}
