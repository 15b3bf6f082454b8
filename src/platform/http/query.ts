import { t } from "elysia";
import { HttpProblem } from "#platform/http/problem.ts";
import { Id } from "#platform/schema.ts";
import { isStorable } from "#platform/text.ts";

/** `?limit=&cursor=` of every list; spread it into the list's own filters. */
export const pageQuery = {
  limit: t.Integer({
    minimum: 1,
    maximum: 200,
    default: 50,
    description: "Records a page, 1 to 200",
  }),
  cursor: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 500,
      description: "Where to go on: `next` of the page before",
    }),
  ),
};

/** `?archived=true` shows what is out of use instead. */
export const archivedQuery = {
  archived: t.Optional(
    t.BooleanString({ default: false, description: "Those out of use instead of those in use" }),
  ),
};

/** `/…/{id}`. Any other form of id is a 404. */
export const idParams = t.Object({ id: Id("The record's id") });

/** Refuses what Elysia's parser would read in silence: broken escapes, NUL, a name given twice. */
export function checkQuery(url: string): void {
  const start = url.indexOf("?");
  if (start === -1) return;
  const seen = new Set<string>();
  for (const pair of url.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const [name = "", value = ""] = pair.split("=", 2).map(decode);
    if (!isStorable(name) || !isStorable(value)) throw refused("", "text", "NUL is not allowed.");
    if (seen.has(name)) throw refused(`/query/${name}`, "duplicate", "Give this parameter once.");
    seen.add(name);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpProblem(400, "http.url", "The URL has an invalid percent escape.");
  }
}

function refused(pointer: string, code: string, message: string): HttpProblem {
  const errors = [{ pointer, code, message }];
  return new HttpProblem(422, "http.validation", "The request is not valid.", { errors });
}
