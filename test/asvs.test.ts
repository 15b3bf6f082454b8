import { expect, test } from "bun:test";
import { parse } from "csv-parse/sync";

// docs/asvs.csv: OWASP ASVS 5.0, level 2, and level 3 for authentication, sessions, authorisation and
// logging. A `met` row names tests: `path › name`, several joined by ` + `.
interface Row {
  readonly requirement: string;
  readonly level: string;
  readonly text_in_short: string;
  readonly status: string;
  readonly proof: string;
}

const root = new URL("..", import.meta.url).pathname;
const columns = ["requirement", "level", "text_in_short", "status", "proof"];
const rows: Row[] = parse(await Bun.file(`${root}docs/asvs.csv`).text(), {
  columns: (head: string[]) => {
    expect(head).toEqual(columns);
    return head;
  },
});

// How many requirements of levels 1 and 2 each chapter of the standard has; in the deep ones of all
// three levels.
const requirements: Readonly<Record<string, number>> = {
  ...{ V1: 27, V2: 11, V3: 19, V4: 10, V5: 9, V6: 47, V7: 19, V8: 13, V9: 7, V10: 29, V11: 14 },
  ...{ V12: 9, V13: 13, V14: 9, V15: 13, V16: 17, V17: 7 },
};
const deep = ["V6", "V7", "V8", "V16"];
const chapterOf = ({ requirement }: Row) => requirement.split(".")[0] ?? "";

test("ids are well-formed, in order, and each stands there once", () => {
  const malformed = rows.filter(
    ({ requirement }) => !/^V\d{1,2}\.\d{1,2}\.\d{1,2}$/.test(requirement),
  );
  expect(malformed).toEqual([]);
  const ids = rows.map(({ requirement }) => requirement);
  const order = new Intl.Collator("en", { numeric: true });
  expect(ids).toEqual([...new Set(ids)].sort(order.compare));
});

test("every chapter is there whole, at the level we promise", () => {
  const found: Record<string, number> = {};
  for (const row of rows) found[chapterOf(row)] = (found[chapterOf(row)] ?? 0) + 1;
  expect(found).toEqual(requirements);
  const beyond = rows.filter((row) => row.level === "3" && !deep.includes(chapterOf(row)));
  expect(beyond).toEqual([]);
  expect(rows.filter(({ level }) => !/^[123]$/.test(level))).toEqual([]);
});

test("every row says what it asks, how it stands, and why", () => {
  const statuses = ["met", "partly", "not_applicable", "open"];
  for (const { requirement, text_in_short: text, status, proof } of rows) {
    expect([requirement, statuses.includes(status)]).toEqual([requirement, true]);
    expect([requirement, text.length > 5 && text.length < 120]).toEqual([requirement, true]);
    expect([requirement, proof.trim().length > 10]).toEqual([requirement, true]);
  }
});

/** What of a proof is no test of this tree. */
async function missing({ requirement, proof }: Row): Promise<string[]> {
  const found = await Promise.all(
    proof.split(" + ").map(async (one) => {
      const [path = "", name = ""] = one.split(" › ");
      if (!path.endsWith(".test.ts") || name === "") return [`${requirement}: ${one} is no test`];
      const file = Bun.file(`${root}${path}`);
      const text = (await file.exists()) ? await file.text() : "";
      const isThere = ['"', "`"].some((quote) => text.includes(`${quote}${name}${quote}`));
      return isThere ? [] : [`${requirement}: ${one}`];
    }),
  );
  return found.flat();
}

test("what is met is proved by tests that exist", async () => {
  const met = rows.filter(({ status }) => status === "met");
  expect(met.length).toBeGreaterThan(0);
  expect((await Promise.all(met.map(missing))).flat()).toEqual([]);
});
