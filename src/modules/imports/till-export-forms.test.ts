import { afterAll, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { testCredentials } from "../../../test/harness/key.ts";
import { openTill } from "../../../test/harness/till-exports.ts";
import { tillFile } from "../../../test/harness/till-file.ts";
import { naughtyStrings } from "../../../test/strings/texts.ts";

const till = await openTill();
afterAll(() => till.close());

const rows = (name: string, mark: string) =>
  [
    ["Jour", "Heure", "Ticket", "Article", "Qté", "Prix"],
    ["03/01/2021", "9h05", "7", name, "2", "1 012,50 €"],
    ["13/01/2021", "9h06", "8", name, "1", "0,90 €"],
  ]
    .map((cells) => cells.join(mark))
    .join("\r\n");

const latin = (text: string) =>
  Uint8Array.from(text, (letter) => (letter === "€" ? 0x80 : letter.charCodeAt(0)));
const utf16 = (text: string, isLittle: boolean) =>
  Uint8Array.from(
    [...text].flatMap((letter) => {
      const bytes = [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8];
      return isLittle ? bytes : bytes.reverse();
    }),
  );

const forms: Record<string, (name: string) => string | Uint8Array> = {
  "UTF-8, semicolons": (name) => rows(name, ";"),
  "UTF-8 with a mark, tabs": (name) => `\u{FEFF}${rows(name, "\t")}`,
  "windows-1252, semicolons": (name) => latin(rows(name, ";")),
  "UTF-16 LE with a mark": (name) => utf16(`\u{FEFF}${rows(name, ";")}`, true),
  "UTF-16 BE with a mark": (name) => utf16(`\u{FEFF}${rows(name, ";")}`, false),
  "UTF-16 LE without a mark": (name) => utf16(rows(name, "|"), true),
};

for (const [form, write] of Object.entries(forms)) {
  test(`a file is understood by itself: ${form}`, async () => {
    const siteId = await till.openSite();
    const name = `Pâté ${newId()}`;
    const done = await till.bring(siteId, write(name));
    expect(done).toMatchObject({ ticketsCreated: 2, problemCount: 0 });
    const sales = await till.allOf(`/sales?siteId=${siteId}&limit=200`);
    expect(sales.map((sale) => [sale.businessDate, sale.total, sale.lines[0].name])).toEqual([
      ["2021-01-13", "0.90", name],
      ["2021-01-03", "2025.00", name],
    ]);
  });
}

test("a wide table has a line for each product that was sold", async () => {
  const siteId = await till.openSite();
  const text = "date,Croissant W,Baguette W,Eclair W\n2021-01-02,5,,1\n2021-01-03,0,x,2\n";
  const clean = text.replace("x", "4");
  const sample = await till.client.ask("POST", "/imports/till-exports/guess", {
    body: clean,
    headers: { "content-type": "text/csv" },
  });
  expect(sample.body.mapping.layout).toBe("wide");
  const done = await till.bring(siteId, text, { mapping: sample.body.mapping });
  expect(done).toMatchObject({ ticketsCreated: 2, linesTaken: 3, problemCount: 1 });
  const flags = await till.pagesOf(done.id, "flags");
  expect(flags.map(({ row, column, code }) => [row, column, code])).toEqual([
    [0, null, "imports.no_prices"],
    [3, "Baguette W", "imports.quantity"],
  ]);
  const sales = await till.allOf(`/sales?siteId=${siteId}&limit=200`);
  expect(
    sales
      .at(-1)
      .lines.map((line: { name: string; quantity: string }) => [line.name, line.quantity]),
  ).toEqual([
    ["Croissant W", "5"],
    ["Eclair W", "1"],
  ]);
});

test("naughty strings as articles come in as they are, or are flagged; the server never fails", async () => {
  const siteId = await till.openSite();
  const names = naughtyStrings().filter((name) => name.isWellFormed());
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const lines = names.map((name, index) => `2021-01-02,${index + 1},${quoted(name)},1,1.00`);
  const text = ["date,ticket,article,quantity,price", ...lines, ""].join("\n");
  const done = await till.bring(siteId, text);
  expect(done.ticketsCreated + done.problemCount).toBe(names.length);
  expect(done.ticketsCreated).toBeGreaterThan(names.length / 2);
  const again = await till.bring(siteId, text);
  expect(again).toMatchObject({ ticketsCreated: 0, ticketsUnchanged: done.ticketsCreated });
});

test("a cut upload goes on where it was, and another file in its place is refused", async () => {
  const [cutSite, wholeSite] = [await till.openSite(), await till.openSite()];
  const bytes = new TextEncoder().encode(tillFile({ lines: 10_000, seed: 3 }));
  const { id } = await till.announce(cutSite);
  const cut = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, bytes.length / 2));
    },
    pull(controller) {
      controller.error(new Error("cut"));
    },
  });
  const url = `http://localhost/api/v1/imports/till-exports/${id}/content`;
  const headers = { ...testCredentials, "content-type": "text/csv" };
  const answer = await till.web.web.fetch(new Request(url, { method: "PUT", body: cut, headers }));
  expect(answer.status).toBe(400);
  const status = (await till.client.get(`/imports/till-exports/${id}`)).body;
  expect(status).toMatchObject({ state: "interrupted", rowsRead: 4_000 });
  const other = await till.send(id, tillFile({ lines: 10_000, seed: 4 }));
  expect([other.status, other.body.code]).toEqual([422, "imports.other_file"]);
  const shorter = await till.send(id, tillFile({ lines: 100, seed: 3 }));
  expect(shorter.body.code).toBe("imports.other_file");
  const done = await till.send(id, bytes);
  expect(done.body).toMatchObject({ state: "done", rowsRead: 10_001 });
  const whole = await till.bring(wholeSite, bytes);
  const counts = [
    "ticketsCreated",
    "returnsCreated",
    "returnsMatched",
    "problemCount",
    "noticeCount",
    "linesTaken",
    "linesRecorded",
    "contentHash",
  ];
  for (const count of counts) expect([count, done.body[count]]).toEqual([count, whole[count]]);
  for (const list of ["days", "flags", "articles"] as const) {
    const strip = (all: { outcome?: string }[]) => all.map(({ outcome: _, ...rest }) => rest);
    expect(strip(await till.pagesOf(id, list))).toEqual(strip(await till.pagesOf(whole.id, list)));
  }
  // Done: the same content changes nothing, another is refused.
  expect((await till.send(id, bytes)).body).toEqual(done.body);
  expect((await till.send(id, "date\n")).body.code).toBe("imports.other_file");
}, 60_000);

test("what is no file to read is refused, and said", async () => {
  const siteId = await till.openSite();
  const send = async (content: string, fields = {}) => {
    const { id } = await till.announce(siteId, fields);
    const { status, body } = await till.send(id, content);
    const { state } = (await till.client.get(`/imports/till-exports/${id}`)).body;
    return [status, body.code, state];
  };
  expect(await send("")).toEqual([422, "imports.empty", "failed"]);
  expect(await send("a,b\nc,d\n")).toEqual([422, "imports.no_guess", "failed"]);
  const mapping = (await till.bring(siteId, "date,ticket,article\n2021-01-02,1,Bun R\n")).mapping;
  expect(await send("day,ticket,article\n2021-01-02,2,Bun R\n", { mapping })).toEqual([
    422,
    "imports.column_missing",
    "failed",
  ]);
  const endless = `date,ticket,article\n2021-01-02,1,"Bun${" Bun".repeat(40_000)}\n`;
  expect(await send(endless, { mapping })).toEqual([422, "imports.csv", "failed"]);
  const { ticket: _, ...columns } = mapping.columns;
  const headers = { "idempotency-key": newId() };
  const refused = await till.client.post(
    "/imports/till-exports",
    { siteId, mapping: { ...mapping, columns } },
    headers,
  );
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "/mapping/ticketScope"]);
  const path = `/imports/till-exports/${newId()}/content`;
  const none = await till.client.ask("PUT", path, {
    body: "a",
    headers: { "content-type": "text/csv" },
  });
  expect(none.status).toBe(404);
  expect((await till.client.ask("PUT", path, { body: {} })).status).toBe(404);
  const guessed = await till.client.ask("POST", "/imports/till-exports/guess", {
    body: "date,item\n2021-01-02,Bun R\n",
    headers: { "content-type": "text/csv" },
  });
  expect([guessed.status, guessed.body.preview[0]]).toEqual([
    200,
    expect.objectContaining({ article: "Bun R", quantity: "1" }),
  ]);
  const json = await till.client.ask("POST", "/imports/till-exports/guess", { body: {} });
  expect(json.status).toBe(415);
});
