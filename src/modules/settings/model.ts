import {
  DateOnly,
  DecimalOut,
  decimalIn,
  Guarded,
  Id,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Version,
} from "#platform/schema.ts";

const Currency = Type.String({
  pattern: "^[A-Z]{3}$",
  description: "ISO 4217 code of the one currency of this deployment",
  examples: ["EUR"],
});
const Locale = Text(35, "BCP 47 language tag for what is printed", "en-IE");

const labourRate = "What an hour of work costs, up to 6 decimals";
const cashStep = "Smallest cash amount where coins are rounded (0.05), or null";

export const Settings = Strict(
  {
    currency: Currency,
    locale: Locale,
    cashStep: Nullable(DecimalOut(cashStep, "0.05")),
    labourRate: Guarded("costs.read", DecimalOut(labourRate, "18.50")),
    version: Version,
  },
  { description: "What holds for the whole company" },
);
export type Settings = Static<typeof Settings>;
/** With what only some may see. */
export type WholeSettings = Required<Settings>;

const CashStepIn = decimalIn(cashStep, { whole: 6, places: 4, sign: "positive" }, "0.05");

const LabourRateIn = decimalIn(labourRate, { whole: 12, places: 6, sign: "not negative" }, "18.50");

export const SettingsPatch = Strict(
  {
    currency: Type.Optional(Currency),
    locale: Type.Optional(Locale),
    cashStep: Type.Optional(Nullable(CashStepIn)),
    labourRate: Type.Optional(LabourRateIn),
  },
  {
    description: "What to change; the rest stays",
    minProperties: 1,
    examples: [{ locale: "fr-FR" }],
  },
);
export type SettingsPatch = Static<typeof SettingsPatch>;

const TaxCode = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$",
  description: "Code that items name",
  examples: ["reduced"],
});
const rateRule = { whole: 3, places: 4, sign: "not negative" } as const;
const validFrom = "First business date on which the rate holds";

export const NewTaxRate = Strict(
  {
    id: Type.Optional(Id()),
    code: TaxCode,
    rate: decimalIn("Per cent, 0 to 100", rateRule, "13.5"),
    validFrom: DateOnly(validFrom),
  },
  {
    description: "A rate from a day on",
    examples: [{ code: "reduced", rate: "13.5", validFrom: "2026-01-01" }],
  },
);
export type NewTaxRate = Static<typeof NewTaxRate>;

export const TaxRate = Strict(
  {
    id: Id(),
    code: TaxCode,
    rate: DecimalOut("Per cent", "13.5"),
    validFrom: DateOnly(validFrom),
  },
  { description: "A rate that holds from its day until the next one of its code; never changed" },
);
export type TaxRate = Static<typeof TaxRate>;

export const TaxRatePage = PageOf(TaxRate, "Tax rates by code and day");
export type TaxRatePage = Static<typeof TaxRatePage>;
