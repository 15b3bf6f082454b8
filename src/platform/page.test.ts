import { describe, expect, test } from "bun:test";
import { newId } from "./id.ts";
import { cursorKeys, dateKey, idKey, pageOf } from "./page.ts";

const rows = [1, 2, 3].map((day) => ({ id: newId(), date: `2026-11-0${day}` }));
const keysOf = (row: (typeof rows)[number]) => [row.date, row.id];

describe("pages", () => {
  test("the extra row only tells that there is more, and the cursor leads to it", () => {
    const page = pageOf(rows, { limit: 2 }, keysOf, (row) => row.date);
    expect(page.data).toEqual(["2026-11-01", "2026-11-02"]);
    const query = { limit: 2, cursor: page.next ?? "" };
    expect(cursorKeys(query, dateKey, idKey)).toEqual(keysOf(rows[1]!));
    expect(pageOf(rows.slice(2), query, keysOf, (row) => row.date).next).toBeNull();
  });

  test("a forged cursor or one of another list is refused before it reaches SQL", () => {
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const forged = [
      "x",
      "",
      forge("a"),
      forge([1, 2]),
      forge(["2026-11-01"]),
      forge(["2026-02-30", newId()]),
      forge(["' or 1=1", "x"]),
    ];
    for (const cursor of forged) {
      expect(() => cursorKeys({ limit: 1, cursor }, dateKey, idKey)).toThrow("not of this list");
    }
  });
});
