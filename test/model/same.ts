/** Throws with both sides unless they are the same data. */
export function same(expected: unknown, got: unknown, what: string): void {
  if (Bun.deepEquals(expected, got)) return;
  throw new Error(`${what}\n oracle: ${JSON.stringify(expected)}\n    web: ${JSON.stringify(got)}`);
}
