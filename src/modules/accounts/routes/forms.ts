import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError, type FieldProblem } from "#platform/errors.ts";
import { readRawBody } from "#platform/http/body.ts";
import { htmlResponse, styleHashOf } from "#platform/http/headers.ts";
import { statusOfKind } from "#platform/http/problem.ts";
import { isStorable } from "#platform/text.ts";
import type { FormProblem } from "../page/shell.ts";
import { pageStyle } from "../page/style.ts";

const formType = "application/x-www-form-urlencoded";
const bytesMax = 8_192;

/** The fields of a form that was sent; what cannot be stored is not there. */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  const bytes = await readRawBody(request, { types: [formType], bytesMax });
  const pairs = [...new URLSearchParams(new TextDecoder().decode(bytes))];
  return Object.fromEntries(pairs.filter(([, value]) => isStorable(value)));
}

/** The input if it is of that shape; throws what to say beside each field. */
export function checked<T extends TSchema>(shape: T, input: unknown): Static<T> {
  if (Value.Check(shape, input)) return input;
  const errors = new Map<string, FieldProblem>();
  for (const { path, schema } of Value.Errors(shape, input)) {
    const message = String((schema as { description?: string }).description ?? "This is wrong.");
    if (!errors.has(path)) errors.set(path, { pointer: path, code: "invalid", message });
  }
  const text = "The form is not filled in right.";
  throw new AppError("invalid", "accounts.form", text, { errors: [...errors.values()] });
}

/** A path of ours to go on to; anything else is the first page. */
export function ownPath(given: string | null | undefined): string {
  return given && given.length <= 500 && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(given)
    ? given
    : "/";
}

const styleHash = styleHashOf(pageStyle);

export function pageResponse(text: string, status = 200, headers: Answered = {}): Response {
  return htmlResponse(text, { styleHash, status, headers });
}

type Answered = Readonly<Record<string, string>>;

/** The page again with what was wrong; what nobody planned is not for the page. */
export function again(error: unknown, show: (problem: FormProblem) => string): Response {
  if (!(error instanceof AppError)) throw error;
  const seconds = error.retryAfterSeconds;
  const headers: Answered = seconds === undefined ? {} : { "retry-after": String(seconds) };
  return pageResponse(show(error), statusOfKind[error.kind], headers);
}
