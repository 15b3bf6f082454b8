import type { FieldProblem } from "#platform/errors.ts";

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Postgres stores neither NUL nor half a character: such text is refused, never mangled. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && !loneSurrogate.test(text);
}

const depthMax = 32;

/**
 * True if brackets outside strings nest deeper than any of our shapes; recursion is safe after it.
 */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const c = json.charCodeAt(i);
    if (c === 34) i = endOfString(json, i);
    else if (c === 123 || c === 91) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (c === 125 || c === 93) depth -= 1;
  }
  return false;
}

function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: string, quote: number): boolean {
  let slashes = 0;
  while (json.charCodeAt(quote - 1 - slashes) === 92) slashes += 1;
  return slashes % 2 === 1;
}

/**
 * JSON pointers of texts and keys that cannot be stored, and of `__proto__`. Bounded by
 * `isTooDeep`.
 */
export function findUnstorable(value: unknown, pointer = "", found: FieldProblem[] = []) {
  if (found.length >= 20) return found;
  if (typeof value === "string") {
    if (!isStorable(value)) found.push(unstorable(pointer));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      findUnstorable(item, `${pointer}/${index}`, found);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === "__proto__") found.push({ ...unknownField, pointer });
      else if (isStorable(key)) findUnstorable(item, `${pointer}/${escapePointer(key)}`, found);
      else found.push(unstorable(pointer));
    }
  }
  return found;
}

const unknownField = { code: "unknown", message: "This field is not known." };

function unstorable(pointer: string): FieldProblem {
  return { pointer, code: "text", message: "NUL and lone surrogates are not allowed." };
}

/** RFC 6901. */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
