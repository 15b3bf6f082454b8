import { Html, type HtmlPart, html } from "#platform/html.ts";
import type { Recall, TracedLot } from "../model.ts";
import { pageStyle } from "./style.ts";

/** A recall as one page to print, complete in itself: no script, no other file. */
export function recallPage(recall: Recall): string {
  const numbers = numbersOf(recall);
  const [root] = recall.lots;
  const name = root?.itemName ?? "a lot";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Recall: ${name}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
${heading(recall, root)}
<main>
${facts(recall)}
${contacts(recall, numbers)}
${places(recall, numbers)}
${sold(recall, numbers)}
${transfers(recall, numbers)}
${wasted(recall, numbers)}
${lots(recall, numbers)}
${balances(recall, numbers)}
${origins(recall, numbers)}
</main>
<footer class="quiet">Drilled at ${time(recall.drilledAt)} in ${recall.seconds} s.
Quantities are net of what was undone, in each item's stock unit.</footer>
</body>
</html>
`;
  return page.text;
}

type Numbers = ReadonlyMap<string, string>;

/** Short names for the lots of this page: S1, S2 … for the set, M1, M2 … for what it was made of. */
function numbersOf({ lots: set, origins: made }: Recall): Numbers {
  const named = (letter: string) => (lot: TracedLot, index: number) =>
    [lot.id, `${letter}${index + 1}`] as const;
  return new Map([...set.map(named("S")), ...made.map(named("M"))]);
}

/** An instant to the minute, in UTC. */
function time(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

function heading(recall: Recall, root: TracedLot | undefined): Html {
  if (root === undefined) return html``;
  const from = root.supplierName === null ? "" : `, from ${root.supplierName}`;
  const lot = root.supplierLot === null ? "" : `, lot ${root.supplierLot}`;
  const expires = root.expiresOn === null ? "" : `, good through ${root.expiresOn}`;
  return html`<header>
<p class="kicker">Recall drill</p>
<h1>${root.itemName}</h1>
<p>On the books since ${time(root.recordedAt)}${from}${lot}${expires}</p>
<p class="id">${recall.lotId}</p>
</header>`;
}

function facts(recall: Recall): Html {
  const sites = new Set(onHand(recall).map(({ place }) => place.siteId));
  const fact = (term: string, text: string | number, isBad = false) =>
    html`<div${isBad && html` class="bad"`}><dt>${term}</dt><dd>${text}</dd></div>`;
  return html`<dl class="facts">
${fact("Lots in the set", recall.lots.length)}
${fact("Sites with stock", sites.size)}
${fact("Sales affected", recall.saleCount)}
${fact("Stopped by a hold", recall.isHeld ? "Yes" : "No", !recall.isHeld)}
${fact("Mass balance", recall.isBalanced ? "Exact" : "Broken", !recall.isBalanced)}
${fact("Time it took", `${recall.seconds} s`)}
</dl>`;
}

interface Cell {
  readonly text: HtmlPart;
  readonly kind?: "number" | "no";
}

const number = (text: HtmlPart): Cell => ({ text, kind: "number" });
const plain = (text: HtmlPart): Cell => ({ text });
const lotNo = (numbers: Numbers, lotId: string): Cell => ({
  text: numbers.get(lotId) ?? lotId,
  kind: "no",
});

interface Section {
  readonly title: string;
  readonly caption?: string;
  readonly none: string;
  readonly columns: readonly (string | Cell)[];
  readonly rows: readonly (readonly Cell[])[];
}

function section({ title, caption, none, columns, rows }: Section): Html {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p>${none}</p></section>`;
  const head = columns.map((column) => {
    const { text, kind } = typeof column === "string" ? plain(column) : column;
    return html`<th scope="col"${kind !== undefined && html` class="${kind}"`}>${text}</th>`;
  });
  const cell = ({ text, kind }: Cell) =>
    html`<td${kind !== undefined && html` class="${kind}"`}>${text}</td>`;
  const body = rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`);
  return html`<section><h2>${title}</h2>
<table>${caption !== undefined && html`<caption>${caption}</caption>`}
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></section>`;
}

function contacts({ contacts: found }: Recall, numbers: Numbers): Html {
  return section({
    title: "Whom to call",
    none: "No supplier is known for these lots.",
    columns: ["Supplier", "Phone", "Email", "Delivered"],
    rows: found.map(({ name, phone, email, lotIds }) => [
      plain(name),
      plain(phone ?? "not known"),
      plain(email ?? "not known"),
      plain(lotIds.map((lotId) => numbers.get(lotId)).join(", ")),
    ]),
  });
}

function onHand({ lots: set }: Recall) {
  return set.flatMap((lot) =>
    lot.places.filter(({ quantity }) => quantity !== "0").map((place) => ({ lot, place })),
  );
}

function places(recall: Recall, numbers: Numbers): Html {
  return section({
    title: "Where it is",
    none: "Nothing of it is on hand anywhere.",
    columns: ["Lot", "Item", "Site", "Held", number("Quantity"), "Unit"],
    rows: onHand(recall).map(({ lot, place }) => [
      lotNo(numbers, lot.id),
      plain(lot.itemName),
      plain(place.siteName),
      plain(place.isHeld ? "yes" : html`<strong>no</strong>`),
      number(place.quantity),
      plain(lot.unit),
    ]),
  });
}

function sold({ sold: days }: Recall, numbers: Numbers): Html {
  const receipts = (first: number | null, last: number | null) =>
    first === last ? String(first ?? "none") : `${first} to ${last}`;
  return section({
    title: "Where it was sold",
    caption:
      "Receipts are the first and the last of the day that took some; others may lie between.",
    none: "None of it was sold.",
    columns: [
      "Day",
      "Site",
      "Till",
      "Lot",
      "Item",
      "Receipts",
      number("Sales"),
      number("Quantity"),
      "Unit",
    ],
    rows: days.map((day) => [
      plain(day.businessDate),
      plain(day.siteName),
      plain(day.tillName ?? "none"),
      lotNo(numbers, day.lotId),
      plain(day.itemName),
      plain(receipts(day.firstReceipt, day.lastReceipt)),
      number(day.saleCount),
      number(day.quantity),
      plain(day.unit),
    ]),
  });
}

function transfers({ transfers: carried }: Recall, numbers: Numbers): Html {
  return section({
    title: "Carried between sites",
    none: "None of it was carried to another site.",
    columns: ["Time", "From", "To", "Lot", "Item", number("Quantity"), "Unit"],
    rows: carried.map((each) => [
      plain(time(each.effectiveAt)),
      plain(each.fromSiteName),
      plain(each.toSiteName),
      lotNo(numbers, each.lotId),
      plain(each.itemName),
      number(each.quantity),
      plain(each.unit),
    ]),
  });
}

function wasted({ wasted: days }: Recall, numbers: Numbers): Html {
  return section({
    title: "Thrown away",
    none: "None of it was thrown away.",
    columns: ["Day", "Site", "Lot", "Item", "Reason", number("Quantity"), "Unit"],
    rows: days.map((day) => [
      plain(day.effectiveOn),
      plain(day.siteName),
      lotNo(numbers, day.lotId),
      plain(day.itemName),
      plain(day.reason),
      number(day.quantity),
      plain(day.unit),
    ]),
  });
}

const origins = ({ origins: made }: Recall, numbers: Numbers): Html =>
  section({
    title: "What it was made of",
    none: "It was not made here.",
    ...lotTable(made, numbers),
  });

const lots = ({ lots: set }: Recall, numbers: Numbers): Html =>
  section({ title: "The set of lots", none: "", ...lotTable(set, numbers) });

function lotTable(shown: readonly TracedLot[], numbers: Numbers) {
  return {
    columns: ["Lot", "Item", "Came by", "Good through", "Parts", "Id"],
    rows: shown.map((lot) => [
      lotNo(numbers, lot.id),
      plain(lot.itemName),
      plain([lot.origin, lot.supplierName, lot.supplierLot].filter(Boolean).join(", ")),
      plain(lot.expiresOn),
      plain(lot.parts.map((part) => `${part.quantity} of ${numbers.get(part.lotId)}`).join(", ")),
      plain(html`<span class="id">${lot.id}</span>`),
    ]),
  };
}

const balanceColumns = [
  ["Received", "received"],
  ["Made", "made"],
  ["Found", "found"],
  ["Used", "used"],
  ["Sold", "sold"],
  ["Wasted", "wasted"],
  ["Missing", "lost"],
  ["Returned", "returned"],
  ["On hand", "onHand"],
] as const;

function balances({ lots: set, origins: made }: Recall, numbers: Numbers): Html {
  return section({
    title: "Mass balance",
    caption: "Received + made + found = used + sold + wasted + missing + returned + on hand.",
    none: "",
    columns: ["Lot", ...balanceColumns.map(([title]) => number(title)), "Unit", "Exact"],
    rows: [...set, ...made].map((lot) => [
      lotNo(numbers, lot.id),
      ...balanceColumns.map(([, part]) => number(lot.balance[part])),
      plain(lot.unit),
      plain(lot.balance.isBalanced ? "yes" : html`<strong>no</strong>`),
    ]),
  });
}
