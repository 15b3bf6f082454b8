import { parse } from "csv-parse/sync";
import type { GuessReason, TillGuess } from "../../model/till-exports.ts";
import { delimiters, type TillMapping } from "../../model/till-mapping.ts";
import { Spellings } from "./articles.ts";
import { placesIn } from "./columns.ts";
import { guessEncoding, textDecoder } from "./encoding.ts";
import { guessColumns, isDated } from "./guess-columns.ts";
import { guessNotation } from "./guess-notation.ts";
import { rowReader, type TillLine } from "./lines.ts";

// More would only hold up all others while it is looked at.
const sampleBytes = 64 * 1024;
const rowsMax = 400;
const previewMax = 10;

interface Table {
  readonly delimiter: TillMapping["delimiter"];
  readonly rows: readonly (readonly string[])[];
}

const ranks = ["certain", "likely", "unsure"] as const;

/** How a file could be read, by its first bytes; undefined if nothing in it looks like a day. */
export function guessMapping(given: Uint8Array, minorDigits: number): TillGuess | undefined {
  const head = given.subarray(0, sampleBytes);
  const { encoding, isSure } = guessEncoding(head);
  const text = textDecoder(encoding).decode(head, { stream: true });
  const table = guessTable(wholeLines(text));
  const columns = table && guessColumns(table.rows);
  if (table === undefined || columns === undefined) return undefined;
  const reasons: GuessReason[] = [...columns.reasons];
  const reason = isSure ? `The bytes are ${encoding}.` : "The bytes are not UTF-8.";
  reasons.push({ field: "encoding", confidence: isSure ? "certain" : "likely", reason });
  const { delimiter } = table;
  const body = columns.hasHeader ? table.rows.slice(1) : table.rows;
  const notation = guessNotation(body, columns);
  reasons.push(...notation.reasons);
  const mapping: TillMapping = {
    layout: columns.layout,
    delimiter,
    encoding,
    hasHeader: columns.hasHeader,
    columns: columns.columns,
    ...(columns.products === undefined ? {} : { products: columns.products }),
    ...notation.notation,
    returns: "negative",
    placeholders: ["NONE", ""],
  };
  const worst = Math.max(...reasons.map(({ confidence }) => ranks.indexOf(confidence)));
  return {
    mapping,
    confidence: ranks[worst] ?? "unsure",
    reasons,
    ...preview(table.rows, mapping, minorDigits),
  };
}

/** Without the last line, which may be cut off. */
function wholeLines(text: string): string {
  const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"));
  return end === -1 || text.length < 10_000 ? text : text.slice(0, end);
}

/** The delimiter that cuts most rows alike, with a day in them. */
function guessTable(text: string): Table | undefined {
  const tables = delimiters.flatMap((delimiter): (Table & { score: number })[] => {
    const rows = rowsOf(text, delimiter).filter((row) => row.length > 1);
    const first = rows[0];
    if (first === undefined) return [];
    const alike = rows.filter((row) => row.length === first.length).length / rows.length;
    const dated = rows.filter((row) => row.some(isDated)).length / rows.length;
    return [{ delimiter, rows, score: alike + dated + Math.min(first.length, 20) / 100 }];
  });
  return tables.sort((a, b) => b.score - a.score)[0];
}

function rowsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: rowsMax,
    });
  } catch {
    return [];
  }
}

/** The first lines as the mapping reads them. */
function preview(
  rows: readonly (readonly string[])[],
  mapping: TillMapping,
  minorDigits: number,
): Pick<TillGuess, "preview" | "flagged"> {
  const places = placesIn(rows[0] ?? [], mapping);
  if (!places.isKnown) return { preview: [], flagged: 0 };
  const spellings = new Spellings(mapping.placeholders);
  const lines: TillLine[] = [];
  const flagged = new Set<number>();
  const read = rowReader(
    { mapping, places, minorDigits, spellings },
    {
      line: (line) => lines.push(line),
      flag: ({ row }) => flagged.add(row),
    },
  );
  for (const [index, row] of rows.entries()) {
    if (index > 0 || !mapping.hasHeader) read(row, index + 1);
  }
  const shown = lines.slice(0, previewMax).map((line) => ({
    row: line.row,
    ticket: line.ticket,
    date: line.day,
    time: line.clock,
    article: spellings.list[line.article]?.spelling ?? "",
    quantity: signed(line, line.quantity),
    unitPrice: line.unitPrice,
    total: signed(line, line.total),
  }));
  return { preview: shown, flagged: flagged.size };
}

function signed({ isReturn }: TillLine, text: string): string {
  return isReturn && /[1-9]/.test(text) ? `-${text}` : text;
}
