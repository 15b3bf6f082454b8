import { createHash } from "node:crypto";
import { CRC32C } from "@google-cloud/storage";

/** What a test may make go wrong at the stand-in, each once. */
interface Faults {
  /** Answers the next request so. */
  status?: number;
  /** Takes so many bytes of the next part of a resumable upload, and says no more. */
  cutAfter?: number;
}

interface Item {
  readonly bytes: Uint8Array;
  readonly facts: Record<string, unknown>;
  readonly generation: number;
}

interface Session {
  readonly name: string;
  readonly facts: Record<string, unknown>;
  readonly ifAbsent: boolean;
  parts: Uint8Array[];
}

export interface GoogleStorageServer {
  readonly url: string;
  readonly objects: ReadonlyMap<string, Item>;
  readonly faults: Faults;
  stop(): void;
}

/**
 * Speaks the part of Google's JSON API that the client uses: whole and resumable uploads with
 * preconditions, metadata, ranges, deletion. Written after Google's reference, with no credentials.
 */
export function startGoogleStorage(): GoogleStorageServer {
  const objects = new Map<string, Item>();
  const sessions = new Map<string, Session>();
  const faults: Faults = {};
  let generation = 1;
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, development: false, fetch: answer });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, objects, faults, stop: () => void server.stop(true) };

  async function answer(request: Request): Promise<Response> {
    const { status } = faults;
    delete faults.status;
    if (status !== undefined) return refusal(status);
    const { pathname, searchParams } = new URL(request.url);
    const session = sessions.get(searchParams.get("upload_id") ?? "");
    if (session !== undefined) return takePart(request, session);
    if (pathname.startsWith("/upload/")) return upload(request, searchParams);
    if (/\/o\/?$/.test(pathname)) return page(searchParams);
    const name = decodeURIComponent(/\/o\/([^/]+)$/.exec(pathname)?.[1] ?? "");
    const found = objects.get(name);
    if (found === undefined) return refusal(404);
    if (request.method === "DELETE") {
      objects.delete(name);
      return new Response(null, { status: 204 });
    }
    if (searchParams.get("alt") === "media") return media(request, found);
    return Response.json({ ...found.facts, name, generation: String(found.generation) });
  }

  /** Two a page. */
  function page(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    const from = Number(query.get("pageToken") ?? 0);
    const items = names
      .slice(from, from + 2)
      .map((name) => ({ ...objects.get(name)?.facts, name }));
    const isMore = from + 2 < names.length;
    return Response.json({ items, ...(isMore ? { nextPageToken: String(from + 2) } : {}) });
  }

  async function upload(request: Request, query: URLSearchParams): Promise<Response> {
    const ifAbsent = query.get("ifGenerationMatch") === "0";
    if (query.get("uploadType") === "resumable") {
      const contentType = request.headers.get("x-upload-content-type") ?? undefined;
      const facts = { contentType, ...((await request.json().catch(() => ({}))) as object) };
      const id = crypto.randomUUID();
      sessions.set(id, { name: query.get("name") ?? "", facts, ifAbsent, parts: [] });
      const location = `${url}/upload/resumable?upload_id=${id}`;
      return new Response(null, { status: 200, headers: { location } });
    }
    const { facts, bytes } = await multipart(request);
    return place(query.get("name") ?? String(facts["name"]), { facts, bytes, ifAbsent });
  }

  async function takePart(request: Request, session: Session): Promise<Response> {
    const range = request.headers.get("content-range") ?? "";
    const had = session.parts.reduce((sum, part) => sum + part.length, 0);
    if (range.startsWith("bytes */")) return incomplete(had);
    let bytes = new Uint8Array(await request.arrayBuffer());
    const start = Number(/^bytes (\d+)-/.exec(range)?.[1] ?? had);
    if (start < had) bytes = bytes.subarray(had - start);
    const cut = faults.cutAfter;
    delete faults.cutAfter;
    session.parts.push(cut === undefined ? bytes : bytes.subarray(0, cut));
    const has = session.parts.reduce((sum, part) => sum + part.length, 0);
    if (cut !== undefined) return refusal(503);
    const total = /\/(\d+)$/.exec(range)?.[1];
    if (range !== "" && (total === undefined || Number(total) > has)) return incomplete(has);
    const { name, facts, ifAbsent, parts } = session;
    return place(name, { facts, bytes: new Uint8Array(Buffer.concat(parts)), ifAbsent });
  }

  function place(
    name: string,
    given: { facts: Record<string, unknown>; bytes: Uint8Array; ifAbsent: boolean },
  ): Response {
    if (given.ifAbsent && objects.has(name)) return refusal(412);
    const { bytes } = given;
    const timeCreated = new Date().toISOString();
    const md5Hash = createHash("md5").update(bytes).digest("base64");
    const checks = { md5Hash, crc32c: crc32c(bytes) };
    const facts = { ...given.facts, ...checks, name, size: String(bytes.length), timeCreated };
    objects.set(name, { bytes, facts, generation: generation++ });
    return Response.json(facts);
  }
}

function refusal(status: number): Response {
  return Response.json({ error: { code: status, message: `refused with ${status}` } }, { status });
}

function incomplete(has: number): Response {
  const range = has === 0 ? {} : { range: `bytes=0-${has - 1}` };
  return new Response(null, { status: 308, headers: range as Record<string, string> });
}

function media(request: Request, { bytes, facts }: Item): Response {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
  const type = { "content-type": String(facts["contentType"] ?? "application/octet-stream") };
  if (from === undefined) return new Response(bytes.slice(), { headers: type });
  const part = bytes.slice(Number(from), to === "" ? undefined : Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
  return new Response(part, { status: 206, headers: { ...type, "content-range": range } });
}

async function multipart(request: Request) {
  const boundary = /boundary="?([^";]+)/.exec(request.headers.get("content-type") ?? "")?.[1] ?? "";
  const whole = Buffer.from(await request.arrayBuffer());
  const parts: Buffer[] = [];
  const mark = `--${boundary}`;
  for (let at = whole.indexOf(mark); at >= 0; ) {
    const next = whole.indexOf(mark, at + mark.length);
    if (next < 0) break;
    parts.push(whole.subarray(whole.indexOf("\r\n\r\n", at) + 4, next - 2));
    at = next;
  }
  const [facts, bytes] = parts;
  return {
    facts: JSON.parse(facts?.toString("utf8") ?? "{}") as Record<string, unknown>,
    bytes: new Uint8Array(bytes ?? []),
  };
}

function crc32c(bytes: Uint8Array): string {
  const sum = new CRC32C();
  sum.update(Buffer.from(bytes));
  return sum.toString();
}
