import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { crc32, deflateSync } from "node:zlib";
import { zipSync } from "fflate";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { jpeg, png } from "../../../test/harness/pictures.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { upload } from "../../../test/harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let itemId: string;
let receiptId: string;
let siteId: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  itemId = await bakery.addItem(web.client);
  ({ siteId } = await bakery.openShop(web.client, {}, 0));
  const line = { itemId, quantity: "1", totalCost: "1.00" };
  receiptId = (await bakery.receive(web.client, siteId, [line])).id;
});

afterAll(async () => {
  await web.close();
  await database.drop();
});

const bytesOf = (text: string) => new TextEncoder().encode(text);

function joined(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? bytesOf(part) : part))),
  );
}

function pictured(contentType: string, content: Uint8Array) {
  const fields = { purpose: "product_picture", fileName: "loaf.png", attachTo: { itemId } };
  return upload(web, { id: newId(), ...fields, contentType, bytes: content.byteLength }, content);
}

function invoiced(content: Uint8Array, contentType = "application/pdf") {
  const fields = { purpose: "supplier_invoice", fileName: "invoice.pdf", attachTo: { receiptId } };
  return upload(web, { id: newId(), ...fields, contentType, bytes: content.byteLength }, content);
}

function imported(content: Uint8Array, contentType = "text/csv") {
  const format = contentType === "text/csv" ? "till-export" : "bakery-data";
  const fields = { purpose: "import", fileName: "sales.csv", import: { siteId, format } };
  return upload(web, { id: newId(), ...fields, contentType, bytes: content.byteLength }, content);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined(type, data);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.byteLength);
  sum.writeUInt32BE(crc32(body));
  return joined(length, body, sum);
}

/** A PNG of a few kilobytes that would be gigabytes of pixels. */
function bombPng(side: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(1_000_000), { level: 9 });
  const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const end = new Uint8Array();
  return joined(signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", end));
}

const html = "<!DOCTYPE html><html><script>alert(1)</script></html>";
const pdf = (inside = "") =>
  bytesOf(`%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n${inside}\nendobj\ntrailer\n%%EOF\n`);

describe("accepted by its content", () => {
  test("pictures of each kind, with their size", async () => {
    const size = { width: 30, height: 20 };
    const found = { state: "accepted", ...size, hasThumbnail: true };
    expect(await pictured("image/png", await png(size))).toMatchObject(found);
    expect(await pictured("image/jpeg", await jpeg(size))).toMatchObject(found);
  });

  test("invoices as PDF", async () => {
    const found = { state: "accepted", contentType: "application/pdf", hasThumbnail: false };
    expect(await invoiced(pdf())).toMatchObject(found);
  });

  test("tables in UTF-8, in one byte a character and in UTF-16 with its mark", async () => {
    const text = "Datum;Artikel;Menge\n2026-11-01;Brötchen;3\n";
    const utf16 = joined(new Uint8Array([0xff, 0xfe]), Buffer.from(text, "utf16le"));
    for (const content of [bytesOf(text), new Uint8Array(Buffer.from(text, "latin1")), utf16]) {
      expect(await imported(content)).toMatchObject({ state: "accepted", importState: "waiting" });
    }
  });
});

describe("refused, with the reason, and gone", () => {
  const picture = { width: 12, height: 12 };
  const cases: Readonly<Record<string, readonly [string, () => Promise<{ refusal: string }>]>> = {
    "HTML that is called PNG": ["type_not_allowed", () => pictured("image/png", bytesOf(html))],
    SVG: [
      "type_not_allowed",
      () => pictured("image/png", bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>')),
    ],
    "SVG with a declaration": [
      "type_not_allowed",
      () => pictured("image/png", bytesOf('<?xml version="1.0"?><svg/>')),
    ],
    "a JPEG that is called PNG": [
      "type_differs",
      async () => pictured("image/png", await jpeg(picture)),
    ],
    "a GIF that is HTML too": [
      "type_not_allowed",
      () => pictured("image/png", joined("GIF89a/*", html, "*/")),
    ],
    "a PNG with HTML in it": [
      "polyglot",
      async () => pictured("image/png", joined(await png(picture), html)),
    ],
    "a PNG with something behind its end": [
      "polyglot",
      async () => pictured("image/png", joined(await png(picture), "more")),
    ],
    "a JPEG that is a ZIP too": [
      "polyglot",
      async () => pictured("image/jpeg", joined(await jpeg(picture), zipSync({ a: bytesOf("x") }))),
    ],
    "a JPEG with a PDF in its comment": [
      "polyglot",
      async () => {
        const whole = await jpeg(picture);
        const comment = joined(new Uint8Array([0xff, 0xfe, 0, 10]), "%PDF-1.7");
        return pictured("image/jpeg", joined(whole.slice(0, 2), comment, whole.slice(2)));
      },
    ],
    "a PDF with HTML in it": ["polyglot", () => invoiced(pdf(html))],
    "a PDF that is a ZIP too": [
      "polyglot",
      () => invoiced(joined(pdf(), zipSync({ a: bytesOf("x") }))),
    ],
    "a PDF without an end": ["polyglot", () => invoiced(bytesOf("%PDF-1.7\nnothing more"))],
    "a PNG of too many pixels": ["too_many_pixels", () => pictured("image/png", bombPng(100_000))],
    "a PNG that says another size than it has": [
      "unreadable",
      () => pictured("image/png", bombPng(6_000)),
    ],
    "random bytes": ["type_unknown", () => pictured("image/png", new Uint8Array(900).fill(7))],
    "a bomb of a ZIP that is called a table": [
      "type_not_allowed",
      () => imported(zipSync({ "a.csv": new Uint8Array(20_000_000) }, { level: 9 })),
    ],
    "a ZIP behind a table": [
      "type_not_allowed",
      () => imported(joined("a,b\n1,2\n", zipSync({ a: bytesOf("x") }))),
    ],
    "HTML that is called a table": ["type_not_allowed", () => imported(bytesOf(`\n ${html}, a`))],
    "a table with NUL in it": ["text", () => imported(joined("a,b\n", new Uint8Array(9), "\n"))],
    "text without cells": ["text", () => imported(bytesOf("nothing but a sentence\n"))],
    "a table that is called JSON": ["text", () => imported(bytesOf("a,b\n"), "application/json")],
  };
  for (const [name, [refusal, send]] of Object.entries(cases)) {
    test(`${name}: ${refusal}`, async () => {
      expect(await send()).toMatchObject({ state: "refused", refusal, hasThumbnail: false });
    });
  }
});
