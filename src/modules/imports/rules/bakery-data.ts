import { type Decimal, decimalText, ZERO } from "#platform/decimal.ts";
import {
  at,
  entriesOf,
  type Fields,
  Findings,
  isFields,
  isTwin,
  nameKey,
  noteUnknown,
  readDay,
  readDecimal,
  readName,
  readPositive,
} from "./findings.ts";
import { type RecipeRow, readRecipes } from "./recipe-rows.ts";
import { readSales, type SaleRow } from "./sale-rows.ts";
import { type FileUnit, unitOf } from "./units.ts";

export interface MaterialRow {
  readonly pointer: string;
  readonly name: string;
  readonly unit: FileUnit;
  /** In the file's unit. */
  readonly reorderLevel: Decimal | undefined;
}

export interface BatchRow {
  readonly pointer: string;
  readonly material: string;
  readonly quantity: Decimal;
  readonly unitCost: Decimal;
  readonly day: string;
  /** 1 for the first batch of that day and cost, 2 for its twin. */
  readonly occurrence: number;
}

export interface ProductRow {
  readonly pointer: string;
  readonly name: string;
  readonly price: Decimal | undefined;
  /** On hand; 0 if there is nothing to open. */
  readonly quantity: Decimal;
}

/**
 * What the file says, each line checked by itself; lines that are impossible are only in
 * `findings`.
 */
export interface BakeryFile {
  readonly materials: ReadonlyMap<string, MaterialRow>;
  readonly batches: readonly BatchRow[];
  readonly products: ReadonlyMap<string, ProductRow>;
  readonly recipes: readonly RecipeRow[];
  readonly sales: readonly SaleRow[];
  readonly findings: Findings;
  readonly skipped: Readonly<Record<"item" | "lot" | "recipe" | "sale", number>>;
}

const sections = ["materials", "recipes", "products", "sales"];

export function isBakeryData(content: Fields): boolean {
  return sections.some((section) => Object.hasOwn(content, section));
}

/**
 * Reads `bakery_data.json` of either schema: thresholds as `min_quantity` or `min_threshold`,
 * ingredients as a list or as an object, with sales or without. Pure; never throws.
 */
export function readBakeryData(content: Fields, minorDigits: number): BakeryFile {
  const findings = new Findings();
  noteUnknown(findings, "", content, sections);
  const { materials, batches, skippedItems, skippedLots } = readMaterials(findings, content);
  const products = readProducts(findings, content, materials);
  const recipes = readRecipes(findings, content, { materials, products: products.rows });
  const sales = readSales(findings, content, minorDigits);
  return {
    materials,
    batches,
    products: products.rows,
    recipes: recipes.rows,
    sales: sales.rows,
    findings,
    skipped: {
      item: skippedItems + products.skipped,
      lot: skippedLots + products.skippedLots,
      recipe: recipes.skipped,
      sale: sales.skipped,
    },
  };
}

function readMaterials(findings: Findings, content: Fields) {
  const materials = new Map<string, MaterialRow>();
  const batches: BatchRow[] = [];
  let skippedItems = 0;
  let skippedLots = 0;
  for (const [name, fields] of entriesOf(findings, content, "materials")) {
    const pointer = at("/materials", name);
    const material = readMaterial(findings, pointer, name, fields);
    const listed = isFields(fields) && Array.isArray(fields["batches"]) ? fields["batches"] : [];
    if (material === undefined || isTwin(findings, pointer, materials, name)) {
      skippedItems += 1;
      skippedLots += listed.length;
      continue;
    }
    materials.set(nameKey(name), material);
    const read = readBatches(findings, pointer, material, listed);
    batches.push(...read);
    skippedLots += listed.length - read.length;
  }
  return { materials, batches, skippedItems, skippedLots };
}

const thresholds = ["min_quantity", "min_threshold"];

function readMaterial(
  findings: Findings,
  pointer: string,
  name: string,
  fields: unknown,
): MaterialRow | undefined {
  if (!isFields(fields)) {
    return findings.problem(pointer, "not_an_object", "This material is not an object; left out.");
  }
  noteUnknown(findings, pointer, fields, ["unit", "batches", ...thresholds]);
  const known = readName(findings, pointer, name);
  const unit = unitOf(fields["unit"]);
  if (unit === undefined) {
    const text = "This unit is not known: the material and its batches are left out.";
    findings.problem(at(pointer, "unit"), "unit_unknown", text);
  }
  const given = fields["batches"];
  if (given !== undefined && !Array.isArray(given)) {
    findings.problem(at(pointer, "batches"), "not_a_list", "The batches are not a list.");
  }
  const reorderLevel = readThreshold(findings, pointer, fields);
  if (known === undefined || unit === undefined) return undefined;
  return { pointer, name: known, unit, reorderLevel };
}

function readThreshold(findings: Findings, pointer: string, fields: Fields): Decimal | undefined {
  const [key, second] = thresholds.filter((each) => Object.hasOwn(fields, each));
  if (key === undefined) return undefined;
  if (second !== undefined) {
    findings.problem(at(pointer, second), "twice", `Left out: ${key} says it before.`);
  }
  return readDecimal(findings, at(pointer, key), fields[key]);
}

function readBatches(
  findings: Findings,
  material: string,
  { name }: MaterialRow,
  listed: readonly unknown[],
): BatchRow[] {
  const rows: BatchRow[] = [];
  const seen = new Map<string, number>();
  listed.forEach((fields, index) => {
    const pointer = at(at(material, "batches"), index);
    if (!isFields(fields)) {
      findings.problem(pointer, "not_an_object", "This batch is not an object; left out.");
      return;
    }
    noteUnknown(findings, pointer, fields, ["quantity", "cost_per_unit", "purchase_date"]);
    const quantity = readPositive(findings, at(pointer, "quantity"), fields["quantity"]);
    const unitCost = readDecimal(findings, at(pointer, "cost_per_unit"), fields["cost_per_unit"]);
    const day = readDay(findings, at(pointer, "purchase_date"), fields["purchase_date"]);
    if (quantity === undefined || unitCost === undefined || day === undefined) return;
    const twin = `${day} ${decimalText(unitCost)}`;
    const occurrence = (seen.get(twin) ?? 0) + 1;
    seen.set(twin, occurrence);
    rows.push({ pointer, material: nameKey(name), quantity, unitCost, day, occurrence });
  });
  return rows;
}

function readProducts(
  findings: Findings,
  content: Fields,
  materials: ReadonlyMap<string, MaterialRow>,
) {
  const rows = new Map<string, ProductRow>();
  let skipped = 0;
  let skippedLots = 0;
  for (const [name, fields] of entriesOf(findings, content, "products")) {
    const pointer = at("/products", name);
    const known = readName(findings, pointer, name);
    if (!isFields(fields)) {
      findings.problem(pointer, "not_an_object", "This product is not an object; left out.");
    } else if (materials.has(nameKey(name))) {
      findings.problem(pointer, "name_twice", "A material has this name; the product is left out.");
    } else if (known !== undefined && !isTwin(findings, pointer, rows, name)) {
      noteUnknown(findings, pointer, fields, ["quantity", "price"]);
      const quantity = readDecimal(findings, at(pointer, "quantity"), fields["quantity"]);
      const price = readPrice(findings, at(pointer, "price"), fields["price"]);
      if (quantity === undefined) skippedLots += 1;
      rows.set(nameKey(name), { pointer, name: known, price, quantity: quantity ?? ZERO });
      continue;
    }
    skipped += 1;
  }
  return { rows, skipped, skippedLots };
}

/** The older app writes 0.0 where nobody has set a price. */
function readPrice(findings: Findings, pointer: string, value: unknown): Decimal | undefined {
  const price = readDecimal(findings, pointer, value);
  if (price === undefined || !price.eq(ZERO)) return price;
  findings.notice(pointer, "price_unknown", "A price of 0 means that there is none yet.");
  return undefined;
}
