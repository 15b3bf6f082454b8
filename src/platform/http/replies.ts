import type { CommandResult } from "#platform/command.ts";
import { HttpProblem } from "#platform/http/problem.ts";

/** The part of Elysia's `set` that replies use. */
export interface ReplySet {
  status?: number | string;
  headers: Record<string, string | number>;
}

interface Versioned {
  readonly version: number;
}

export function etag(version: number): string {
  return `"${version}"`;
}

/** 201 with the Location of the new record and, if it has one, its version. */
export async function created<T extends { readonly id: string; readonly version?: number }>(
  set: ReplySet,
  collection: string,
  making: Promise<T>,
): Promise<T> {
  const made = await making;
  set.status = 201;
  set.headers["location"] = `${apiPrefix}${collection}/${made.id}`;
  if (made.version !== undefined) set.headers["etag"] = etag(made.version);
  return made;
}

/** 200 with the record's version as ETag. */
export async function versioned<T extends Versioned>(set: ReplySet, getting: Promise<T>) {
  const got = await getting;
  set.headers["etag"] = etag(got.version);
  return got;
}

/** The answer of an idempotent command: its stored status and body, marked when it is a replay. */
export async function commanded<
  T extends { readonly id: string | null; readonly version?: number },
>(set: ReplySet, collection: string, running: Promise<CommandResult<T>>): Promise<T> {
  const { status, body, replayed } = await running;
  set.status = status;
  if (replayed) set.headers["idempotency-replayed"] = "true";
  if (status === 201) set.headers["location"] = `${apiPrefix}${collection}/${body.id}`;
  if (body.version !== undefined) set.headers["etag"] = etag(body.version);
  return body;
}

/** 204: done, and there is nothing to say. */
export async function noContent(set: ReplySet, doing: Promise<void>): Promise<undefined> {
  await doing;
  set.status = 204;
}

export const apiPrefix = "/api/v1";

const strongVersion = /^"(0|[1-9][0-9]{0,8})"$/;

/**
 * The version the client has seen. Missing: 428. Weak, `*` or foreign: 412, as nothing can match
 * it.
 */
export function ifMatch(request: Request): number {
  const header = request.headers.get("if-match");
  if (header === null) {
    throw new HttpProblem(428, "http.if_match", "Send If-Match with the version you have read.");
  }
  const version = strongVersion.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new HttpProblem(412, "http.if_match", "If-Match must be one version you have read.");
  }
  return Number(version);
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * The key under which a write happens once. Missing or not 1 to 255 visible ASCII characters: 400.
 */
export function idempotencyKey(request: Request): string {
  const key = request.headers.get("idempotency-key");
  if (key !== null && keyPattern.test(key)) return key;
  const text = "Send Idempotency-Key: 1 to 255 visible ASCII characters, new for each command.";
  throw new HttpProblem(400, "http.idempotency_key", text);
}
