import { describe, expect, test } from "bun:test";
import { findUnstorable, isStorable, isTooDeep } from "./text.ts";

describe("isStorable", () => {
  test("lets whole characters through, also those outside the basic plane", () => {
    for (const text of ["", "brød", "🥐", "\u{10ffff}", "\u0001"])
      expect(isStorable(text)).toBe(true);
  });
  test("refuses NUL and half characters", () => {
    for (const text of ["\0", "a\0b", "\ud800", "\udc00", "a\ud83e", "\udd50\ud83e"]) {
      expect(isStorable(text)).toBe(false);
    }
  });
});

describe("isTooDeep", () => {
  test("counts brackets, not those inside strings", () => {
    expect(isTooDeep(JSON.stringify({ a: ["[".repeat(100), '\\"[{'.repeat(50), "\\"] }))).toBe(
      false,
    );
    expect(isTooDeep("[".repeat(33))).toBe(true);
    expect(isTooDeep(`${"[".repeat(32)}${"]".repeat(32)}`)).toBe(false);
    expect(isTooDeep("[]".repeat(100))).toBe(false);
  });
  test("ends on a string without an end", () => {
    expect(isTooDeep('{"a')).toBe(false);
    expect(isTooDeep('"\\')).toBe(false);
  });
});

describe("findUnstorable", () => {
  test("names the place by JSON pointer, without the value", () => {
    const found = findUnstorable(JSON.parse('{"a/b":[{"~":"\\ud800"}],"ok":1}'));
    expect(found.map(({ pointer }) => pointer)).toEqual(["/a~1b/0/~0"]);
  });
  test("refuses __proto__ and keys that cannot be stored", () => {
    expect(findUnstorable(JSON.parse('{"__proto__":{},"\\u0000":1}'))).toHaveLength(2);
  });
});
