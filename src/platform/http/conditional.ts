import type { Kept } from "#platform/cache.ts";
import { etag, type ReplySet } from "#platform/http/replies.ts";

// For whoever asked alone, and never without asking again: rights may be taken away meanwhile.
const cacheControl = "private, no-cache";

/** Whether what If-None-Match names is what would be answered; weakly compared (RFC 9110, 13.1.2). */
export function isCurrent(request: Request, tag: string): boolean {
  const header = request.headers.get("if-none-match");
  if (header === null) return false;
  if (header === tag || header.trim() === "*") return true;
  return header.split(",").some((each) => each.trim().replace(/^W\//, "") === tag);
}

/** 200 with an answer as it is kept, or 304. Lists come in other types too: hence Vary. */
export async function keptReply(request: Request, reading: Promise<Kept>): Promise<Response> {
  const { text, etag: tag } = await reading;
  const headers = { etag: tag, "cache-control": cacheControl, vary: "Accept" };
  if (isCurrent(request, tag)) return new Response(null, { status: 304, headers });
  return new Response(text, {
    headers: { ...headers, "content-type": "application/json;charset=utf-8" },
  });
}

/** 200 with the record and its version as ETag, or 304. */
export async function versionedReply<T extends { readonly version: number }>(
  request: Request,
  set: ReplySet,
  reading: Promise<T>,
): Promise<T | undefined> {
  const record = await reading;
  const tag = etag(record.version);
  Object.assign(set.headers, { etag: tag, "cache-control": cacheControl });
  if (!isCurrent(request, tag)) return record;
  set.status = 304;
  return undefined;
}
