import {
  Kind,
  type ObjectOptions,
  type Static,
  type TProperties,
  type TSchema,
  Type,
  TypeRegistry,
} from "@sinclair/typebox";
import { type DecimalInput, isPlainDecimal } from "./decimal.ts";

export { type Static, Type };

/** An object that refuses what it does not know, with an example for the documentation. */
export function Strict<T extends TProperties>(properties: T, options: ObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

const idPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

/** A UUIDv7 in lower case, given by the client or the server. */
export function Id(description = "UUIDv7") {
  return Type.String({
    pattern: idPattern,
    description,
    examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
  });
}

/** Text that says something: 1 to `lengthMax` characters, not only white space. */
export function Text(lengthMax: number, description: string, example?: string) {
  return Type.String({
    minLength: 1,
    maxLength: lengthMax,
    pattern: "\\S",
    description,
    ...(example === undefined ? {} : { examples: [example] }),
  });
}

/** What `Type.Union` of literals gives, without its nesting: one of these words. */
export function Word<const T extends readonly string[]>(words: T, description: string) {
  return Type.Unsafe<T[number]>({
    [Kind]: "Word",
    type: "string",
    enum: words,
    description,
    examples: [words[0]],
  });
}

interface DecimalRule {
  /** Digits before the point. */
  readonly whole: number;
  /** Digits after the point. */
  readonly places: number;
  readonly sign: "positive" | "not negative" | "any";
}

const quantityRule = { whole: 12, places: 6 } as const;

/** A quantity above 0 in, NUMERIC(18,6): "12.5" or 12.5. */
export const PositiveQuantity = decimalIn("Quantity above 0", {
  ...quantityRule,
  sign: "positive",
});
/** A quantity from 0 in. */
export const QuantityFromZero = decimalIn("Quantity, 0 or more", {
  ...quantityRule,
  sign: "not negative",
});
/** A price or cost a unit in, up to 6 decimals. */
export const PriceIn = decimalIn("Price a unit, up to 6 decimals", {
  whole: 12,
  places: 6,
  sign: "not negative",
});
/** An amount of money in; the service checks the currency's minor digits. */
export const AmountIn = decimalIn("Amount of money in the currency's minor digits", {
  whole: 12,
  places: 4,
  sign: "not negative",
});

/** Decimal input of its own bounds: a string, or a JSON number that is exact. */
export function decimalIn(description: string, rule: DecimalRule, example = "12.5") {
  const minus = rule.sign === "any" ? "-?" : "";
  return Type.Unsafe<DecimalInput>({
    [Kind]: "DecimalInput",
    description,
    examples: [example],
    anyOf: [
      {
        type: "string",
        pattern: `^${minus}(0|[1-9]\\d{0,${rule.whole - 1}})(\\.\\d{1,${rule.places}})?$`,
      },
      { type: "number", ...(rule.sign === "positive" ? { exclusiveMinimum: 0 } : {}) },
    ],
    "x-decimal": rule,
  });
}

/** A decimal out: always a string. */
export function DecimalOut(description: string, example = "12.5") {
  return Type.String({ pattern: "^-?\\d+(\\.\\d+)?$", description, examples: [example] });
}

export const QuantityOut = DecimalOut("Quantity in the item's stock unit");
export const AmountOut = DecimalOut("Amount in the currency's minor digits", "3.50");
export const ValueOut = DecimalOut("Ledger value of the currency, up to 6 decimals", "10.5");
export const PriceOut = DecimalOut("Price a unit, up to 6 decimals", "3.5");

/** An instant in: RFC 3339 with its offset, a day that exists, years 1970 to 9999. */
export function InstantIn(description: string) {
  return Type.Unsafe<string>({
    [Kind]: "Instant",
    type: "string",
    format: "date-time",
    description,
    examples: ["2026-11-20T05:30:00Z"],
  });
}

/** An instant out: RFC 3339 in UTC. */
export function InstantOut(description: string) {
  return Type.String({
    pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?Z$",
    description,
    examples: ["2026-11-20T05:30:00Z"],
  });
}

/** A calendar date that exists, YYYY-MM-DD, years 1970 to 9999. */
export function DateOnly(description: string) {
  return Type.Unsafe<string>({
    [Kind]: "DateOnly",
    type: "string",
    format: "date",
    description,
    examples: ["2026-11-20"],
  });
}

const guard = "x-permission";

/**
 * A field of an answer that only those with the permission see: for everybody else it is absent.
 * `visible` of the access module takes it away.
 */
export function Guarded<T extends TSchema>(permission: string, schema: T) {
  return Type.Optional({ ...schema, [guard]: permission } as T);
}

/** An answer before anything is taken from it: with all that `Guarded` marks. */
export type Whole<T> = T extends readonly (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Name in keyof T]-?: Whole<T[Name]> }
    : T;

/** The permission that a field asks for, if any. */
export function guardOf(schema: TSchema): string | undefined {
  return schema[guard] as string | undefined;
}

export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** One page of a list. */
export function PageOf<T extends TSchema>(item: T, description: string) {
  return Strict(
    {
      data: Type.Array(item),
      next: Type.Union([Type.String(), Type.Null()], {
        description: "Cursor of the next page, or null",
      }),
    },
    { description },
  );
}

export const Version = Type.Integer({ minimum: 1, description: "Version for If-Match" });

TypeRegistry.Set<{ enum: readonly string[] }>("Word", (schema, value) =>
  schema.enum.includes(value as string),
);
TypeRegistry.Set<{ "x-decimal": DecimalRule }>("DecimalInput", (schema, value) =>
  isDecimalWithin(schema["x-decimal"], value),
);
TypeRegistry.Set("Instant", (_, value) => typeof value === "string" && isInstant(value));
TypeRegistry.Set("DateOnly", (_, value) => typeof value === "string" && isDate(value));

function isDecimalWithin(rule: DecimalRule, value: unknown): boolean {
  if (!isPlainDecimal(value)) return false;
  const text = String(value);
  const isNegative = text.startsWith("-");
  const [whole = "", fraction = ""] = (isNegative ? text.slice(1) : text).split(".");
  if (whole.length > rule.whole || fraction.length > rule.places) return false;
  if (rule.sign === "any") return true;
  if (isNegative) return false;
  return rule.sign === "not negative" || /[1-9]/.test(text);
}

const instantForm =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

function isInstant(text: string): boolean {
  const day = instantForm.exec(text)?.[1];
  return day !== undefined && isDate(day);
}

const dateForm = /^(?:19[7-9]\d|[2-9]\d{3})-(\d{2})-(\d{2})$/;

/** A calendar date that exists, YYYY-MM-DD, years 1970 to 9999. */
export function isDate(text: string): boolean {
  if (!dateForm.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
