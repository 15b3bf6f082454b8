import { expect, test } from "bun:test";
import fc from "fast-check";
import { guessMapping } from "./guess.ts";
import { dayReader, readClock } from "./moments.ts";
import { numberReader } from "./numbers.ts";

const marks = [
  { decimal: ",", thousands: " " },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: "," },
  { decimal: ".", thousands: "'" },
  { decimal: ",", thousands: "" },
] as const;

test("a number is read exactly however a till writes it", () => {
  const micro = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
  const style = fc.record({
    mark: fc.constantFrom(...marks),
    places: fc.integer({ min: 0, max: 6 }),
    minus: fc.constantFrom("-5", "- 5", "5-", "(5)", "\u22125", "-€5", "5 €-"),
    sign: fc.constantFrom("", " €", "€", "\u00a0€"),
  });
  fc.assert(
    fc.property(micro, style, (value, { mark, places, minus, sign }) => {
      const scaled = value / 10n ** BigInt(6 - places);
      const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
      const whole = digits.slice(0, digits.length - places);
      const fraction = digits.slice(digits.length - places);
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, mark.thousands);
      const written = `${grouped}${places === 0 ? "" : mark.decimal}${fraction}`;
      const text = scaled < 0n ? minus.replace("5", written) : `${written}${sign}`;
      const read = numberReader({ ...mark, currency: "€" })(text);
      const kept = fraction.replace(/0+$/, "");
      const plain = `${scaled < 0n ? "-" : ""}${whole}${kept === "" ? "" : `.${kept}`}`;
      expect(read).toEqual({ text: plain, isRounded: false });
    }),
  );
});

test("what is no number in the mapping's notation is none", () => {
  const read = numberReader({ decimal: ",", thousands: " ", currency: "€" });
  const wrong = [
    "",
    "-",
    "€",
    "1.50",
    "1,5,0",
    "12 34,00",
    "1e3",
    "NaN",
    "Infinity",
    "0x10",
    "$ 1",
    "1 €€",
    "--1",
    "1-1",
    "٣",
    "1234567890123",
  ];
  for (const text of wrong) expect([text, read(text)]).toEqual([text, undefined]);
  expect(read("0,0000004")).toEqual({ text: "0", isRounded: true });
  expect(read(",5")?.text).toBe("0.5");
  expect(read("-0,00 €")?.text).toBe("0");
});

test("every day is read in every form, and no other day", () => {
  const days = fc.date({
    min: new Date("1970-01-01"),
    max: new Date("2069-12-31"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(days, fc.constantFrom("-", "/", ".", " "), (date, mark) => {
      const day = date.toISOString().slice(0, 10);
      const [y = "", m = "", d = ""] = day.split("-");
      expect(dayReader("ymd")([y, m, d].join(mark))?.day).toBe(day);
      expect(dayReader("dmy")([d, m, y].join(mark))?.day).toBe(day);
      expect(dayReader("mdy")([m, d, y].join(mark))?.day).toBe(day);
      expect(dayReader("dmy")([Number(d), Number(m), y.slice(2)].join(mark))?.day).toBe(day);
      expect(dayReader("ymd")(`${y}${m}${d}`)?.day).toBe(day);
    }),
  );
  expect(dayReader("dmy")("28-Oct-2007")?.day).toBe("2007-10-28");
  expect(dayReader("dmy")("1 août 2023")?.day).toBe("2023-08-01");
  expect(dayReader("ymd")("2021-01-02T09:58")).toEqual({ day: "2021-01-02", rest: "09:58" });
  const wrong = ["", "2021-02-29", "2021-13-01", "02/01/2021", "2021-1", "soon", "2021-01-02-03"];
  for (const text of wrong) expect([text, dayReader("ymd")(text)]).toEqual([text, undefined]);
});

test("a time of day is read in the forms tills have", () => {
  const known = {
    "9:58": "09:58:00",
    "09:58:11": "09:58:11",
    "9h05": "09:05:00",
    "9:05 PM": "21:05:00",
    "12:00 am": "00:00:00",
    "095811": "09:58:11",
    "23.59": "23:59:00",
  };
  for (const [text, clock] of Object.entries(known))
    expect([text, readClock(text)]).toEqual([text, clock]);
  for (const text of ["", "24:00", "9:60", "13:00 PM", "9", "noon"]) {
    expect([text, readClock(text)]).toEqual([text, undefined]);
  }
});

test("a mapping is guessed from the first rows, and says how sure it is", () => {
  const guess = (text: string) => guessMapping(new TextEncoder().encode(text), 2);
  const semicolons = guess(
    "Datum;Uhrzeit;Bon;Artikel;Menge;Preis\n24.12.2021;08:15;7;Brötchen;2;0,45\n24.12.2021;08:16;8;Brot;1;1.003,90\n",
  );
  expect(semicolons?.mapping).toMatchObject({
    delimiter: ";",
    dateOrder: "dmy",
    decimal: ",",
    thousands: ".",
    ticketScope: "file",
  });
  expect(semicolons?.preview[1]).toMatchObject({
    article: "Brot",
    unitPrice: "1003.9",
    total: "1003.90",
  });
  const unsure = guess("date,item,qty\n01/02/2021,Bread,1\n03/04/2021,Bread,2\n");
  expect(unsure).toMatchObject({ confidence: "unsure", mapping: { ticketScope: "line" } });
  const wide = guess("date,Croissant,Baguette,Eclair\n2021-01-02,5,7,0\n2021-01-03,4,6,1\n");
  expect(wide?.mapping).toMatchObject({
    layout: "wide",
    products: ["Croissant", "Baguette", "Eclair"],
  });
  const bare = guess("2021-01-02,09:00,Bread,2\n2021-01-02,09:05,Cake,1\n");
  expect(bare?.mapping).toMatchObject({
    hasHeader: false,
    columns: { date: "1", time: "2", article: "3" },
  });
  expect(guess("one,two\n3,4\n")).toBeUndefined();
});

test("a column of line totals is never taken for the price of one", () => {
  const guess = (...names: string[]) => {
    const rows = [names.join(";"), "2021-01-13;Bun;3;1.00;3.00", "2021-01-14;Bun;2;1.00;2.00"];
    return guessMapping(new TextEncoder().encode(rows.join("\n")), 2)?.mapping.columns;
  };
  for (const [price, total] of [
    ["Price", "Total price"],
    ["Einzelpreis", "Gesamtpreis"],
    ["Preis", "Summe"],
    ["Prix", "Prix total"],
  ] as const) {
    expect(guess("Date", "Article", "Quantity", price, total)).toMatchObject({
      unitPrice: price,
      total,
    });
  }
  const only = guess("Date", "Article", "Quantity", "Remark", "Total price");
  expect(only).toMatchObject({ total: "Total price" });
  expect(only).not.toHaveProperty("unitPrice");
});

test("a guess looks at the beginning only, however long the rest", () => {
  const start = "date,item,qty\n2021-01-13,Bread,1\n2021-01-14,Cake,2\n";
  const rest = `${"\n".repeat(70_000)}${"Bread;2021-01-13;1\n".repeat(300)}`;
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(guessMapping(bytes(start + rest), 2)).toEqual(guessMapping(bytes(start), 2));
});
