import { HttpProblem } from "#platform/http/problem.ts";
import { findUnstorable, isTooDeep } from "#platform/text.ts";

const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a JSON body strictly: type, size, UTF-8, depth, text. Undefined if there is no body. */
export async function readJsonBody(request: Request, bytesMax: number): Promise<unknown> {
  const type = request.headers.get("content-type");
  const length = request.headers.get("content-length");
  if (type === null && (length === "0" || request.body === null)) return undefined;
  if (type !== "application/json" && !jsonType.test(type ?? "")) {
    throw new HttpProblem(415, "http.content_type", "The body must be application/json.");
  }
  return parseJson(decode(await readBytes(request, bytesMax)));
}

/** The whole body, of any type. Throws `http.body_size` (413), as soon as that is known. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  if (length === null) return readChunked(request, bytesMax);
  if (Number(length) > bytesMax) throw tooLarge(bytesMax);
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

async function readChunked(request: Request, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Node's types know no async iteration of a web stream's body on every runtime: a reader does.
  const reader = request.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      await reader.cancel();
      throw tooLarge(bytesMax);
    }
    chunks.push(value);
  }
  return join(chunks, size);
}

/**
 * The bytes of a body of one of these types as they come; they are read no faster than they are
 * taken.
 */
export async function* streamBody(
  request: Request,
  { types, bytesMax }: { readonly types: readonly string[]; readonly bytesMax: number },
): AsyncGenerator<Uint8Array> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(type)) {
    throw new HttpProblem(415, "http.content_type", `The body must be ${types.join(" or ")}.`);
  }
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const reader = request.body?.getReader();
  let size = 0;
  let isRead = reader === undefined;
  try {
    while (reader !== undefined) {
      const { done, value } = await nextOf(reader);
      isRead = done;
      if (done) return;
      size += value.byteLength;
      if (size > bytesMax) throw tooLarge(bytesMax);
      yield value;
    }
  } finally {
    if (!isRead) await reader?.cancel().catch(() => {});
  }
}

async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw new HttpProblem(400, "http.cut_off", "The body was cut off.");
  }
}

/** The whole body of one of these types, where it is not JSON. */
export async function readRawBody(
  request: Request,
  options: { readonly types: readonly string[]; readonly bytesMax: number },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of streamBody(request, options)) {
    chunks.push(chunk);
    size += chunk.byteLength;
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const first = chunks[0];
  if (first !== undefined && chunks.length === 1) return first;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpProblem(400, "http.encoding", "The body is not valid UTF-8.");
  }
}

function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new HttpProblem(400, "http.depth", "The body is nested too deeply.");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new HttpProblem(400, "http.json", "The body is not valid JSON.");
  }
  // Raw NUL is no JSON and UTF-8 has no lone surrogates: only an escape can bring either.
  if (text.includes("\\u") || text.includes("__proto__")) {
    const errors = findUnstorable(body);
    if (errors.length > 0) throw invalid(errors);
  }
  return body;
}

function invalid(errors: ReturnType<typeof findUnstorable>): HttpProblem {
  return new HttpProblem(422, "http.validation", "The request is not valid.", { errors });
}

function tooLarge(bytesMax: number): HttpProblem {
  const text = `The body must not exceed ${bytesMax} bytes.`;
  // The rest of a refused body is not read, so the connection cannot be used again.
  return new HttpProblem(413, "http.body_size", text, { headers: { connection: "close" } });
}
