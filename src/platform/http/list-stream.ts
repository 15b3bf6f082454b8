import type { AnyElysia } from "elysia";
import { csvLines } from "#platform/csv.ts";
import { shareExchange } from "#platform/http/exchange.ts";
import { type Column, columnsOf, type ListedRecord, rowsOf } from "#platform/http/list-columns.ts";
import type { Document } from "#platform/http/openapi.ts";
import { pathOf } from "#platform/http/routing.ts";

export const ndjsonType = "application/x-ndjson";
export const csvType = "text/csv";
const recordsAPage = "200";

interface List {
  readonly pattern: RegExp;
  readonly columns: readonly Column[];
}

interface Page {
  readonly data: readonly ListedRecord[];
  readonly next: string | null;
}

/** How a list is written: what comes first, each page, and the marker that nothing is missing. */
interface Writer {
  readonly type: string;
  readonly head: string;
  page(records: readonly ListedRecord[]): string;
  end(count: number): string;
  broken(code: string): string;
}

/** How to answer a request that asks for a list whole; undefined for any other. */
export type ListStream = (request: Request) => (() => Promise<Response>) | undefined;

/**
 * Answers any list whole when it is asked for as NDJSON or CSV (`Accept`), with the list's own filters:
 * page by page, each a request of its own without a transaction in between, as fast as the client
 * reads. The last line says how many there were; without it something is missing.
 */
export function createListStream(routes: AnyElysia, document: Document): ListStream {
  const lists = listsOf(document);
  return (request) => {
    const type = wanted(request);
    if (type === undefined) return undefined;
    const path = pathOf(request.url);
    const list = lists.find(({ pattern }) => pattern.test(path));
    if (list === undefined) return undefined;
    const writer = type === csvType ? csvWriter(list.columns) : ndjsonWriter;
    return () => stream(routes, request, writer);
  };
}

/** The type asked for by name, unless JSON is liked better. */
function wanted(request: Request): string | undefined {
  const accept = request.headers.get("accept");
  if (request.method !== "GET" || accept === null) return undefined;
  const liking = likings(accept);
  const json = jsonTypes.map((type) => liking.get(type)).find((each) => each !== undefined) ?? 0;
  const [best] = [ndjsonType, csvType]
    .map((type) => ({ type, by: liking.get(type) ?? 0 }))
    .filter(({ by }) => by > 0 && by >= json)
    .sort((a, b) => b.by - a.by);
  return best?.type;
}

const jsonTypes = ["application/json", "application/*", "*/*"];

/** How much each type of an Accept header is liked, from 0, not at all, to 1. */
function likings(accept: string): Map<string, number> {
  return new Map(
    accept.split(",").map((each) => {
      const [type = "", ...rest] = each.split(";").map((part) => part.trim().toLowerCase());
      const said = rest.find((part) => part.startsWith("q="));
      return [type, said === undefined ? 1 : Number(said.slice(2)) || 0] as const;
    }),
  );
}

function listsOf(document: Document): List[] {
  return Object.entries(document.paths).flatMap(([path, operations]) => {
    const columns = columnsOf(document, operations["get"]);
    if (columns === undefined) return [];
    const pattern = path.replaceAll(".", "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+");
    return [{ pattern: new RegExp(`^${pattern}$`), columns }];
  });
}

const ndjsonWriter: Writer = {
  type: ndjsonType,
  head: "",
  page: (records) => records.map((record) => `${JSON.stringify(record)}\n`).join(""),
  end: (count) => `${JSON.stringify({ end: true, count })}\n`,
  broken: (code) => `${JSON.stringify({ end: false, code })}\n`,
};

function csvWriter(columns: readonly Column[]): Writer {
  return {
    type: `${csvType}; charset=utf-8; header=present`,
    head: csvLines([columns.map(({ name }) => name)]),
    page: (records) => csvLines(records.flatMap((record) => rowsOf(record, columns))),
    end: (count) => csvLines([[`# end: ${count} records`]]),
    broken: (code) => csvLines([[`# not complete: ${code}`]]),
  };
}

async function stream(routes: AnyElysia, request: Request, writer: Writer): Promise<Response> {
  const first = await routes.fetch(pageRequest(request, undefined));
  if (first.status !== 200) return first;
  const encoder = new TextEncoder();
  let page: Page | undefined = (await first.json()) as Page;
  let cursor: string | null = null;
  let count = 0;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start: (controller) => {
      if (writer.head !== "") controller.enqueue(encoder.encode(writer.head));
    },
    pull: async (controller) => {
      if (page === undefined) {
        const read = await readPage(routes, pageRequest(request, cursor ?? ""));
        if ("code" in read) {
          controller.enqueue(encoder.encode(writer.broken(read.code)));
          return controller.close();
        }
        page = read;
      }
      count += page.data.length;
      cursor = page.next;
      const end = cursor === null ? writer.end(count) : "";
      controller.enqueue(encoder.encode(`${writer.page(page.data)}${end}`));
      page = undefined;
      if (cursor === null) controller.close();
    },
  };
  // No page is read ahead of the client.
  const body = new ReadableStream(source, { highWaterMark: 0 });
  const headers = { "content-type": writer.type, "cache-control": "no-store" };
  return new Response(body, { headers });
}

async function readPage(
  routes: AnyElysia,
  request: Request,
): Promise<Page | { readonly code: string }> {
  const answer = await routes.fetch(request);
  const read = (await answer.json()) as Page & { readonly code?: string };
  return answer.status === 200 ? read : { code: read.code ?? "internal" };
}

/** The same list as JSON, a full page of it; the caller's own limit has no meaning here. */
function pageRequest(request: Request, cursor: string | undefined): Request {
  const url = new URL(request.url);
  url.searchParams.set("limit", recordsAPage);
  if (cursor !== undefined) url.searchParams.set("cursor", cursor);
  const headers = new Headers(request.headers);
  headers.set("accept", "application/json");
  // What the caller has is not this page.
  headers.delete("if-none-match");
  const asked = new Request(url, { headers, signal: request.signal });
  shareExchange(request, asked);
  return asked;
}

/** Says in the document that lists come as NDJSON and CSV, too. */
export function declareLists(document: Document): void {
  for (const operations of Object.values(document.paths)) {
    const columns = columnsOf(document, operations["get"]);
    const answer = operations["get"]?.responses["200"];
    if (columns === undefined || answer === undefined || "$ref" in answer) continue;
    const schema = { type: "string" };
    answer.content = {
      ...answer.content,
      [ndjsonType]: { schema, example: ndjsonWriter.end(0) },
      [csvType]: { schema, example: csvWriter(columns).head },
    };
  }
}
