import {
  DateOnly,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Version,
  Word,
} from "#platform/schema.ts";

const siteName = Text(120, "Name of the shop or kitchen, unique among those in use", "Main street");
const zone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "IANA time zone",
  examples: ["Europe/Dublin"],
});
const cutover = Type.String({
  pattern: "^([01]\\d|2[0-3]):[0-5]\\d$",
  description: "Local time, HH:MM, at which a new business date begins",
  examples: ["04:00"],
});
const pricesIncludeTax = Type.Boolean({
  description: "Whether prices are gross of tax",
  examples: [true],
});
const archived = Type.Boolean({ description: "Out of use", examples: [false] });

const siteExample = {
  name: "Main street",
  zone: "Europe/Dublin",
  cutover: "04:00",
  pricesIncludeTax: true,
};

export const NewSite = Strict(
  { id: Type.Optional(Id()), name: siteName, zone, cutover, pricesIncludeTax },
  { description: "A shop or kitchen to add", examples: [siteExample] },
);
export type NewSite = Static<typeof NewSite>;

export const SitePatch = Strict(
  {
    name: Type.Optional(siteName),
    zone: Type.Optional(zone),
    cutover: Type.Optional(cutover),
    pricesIncludeTax: Type.Optional(pricesIncludeTax),
  },
  {
    description: "What to change; the rest stays",
    minProperties: 1,
    examples: [{ cutover: "05:00" }],
  },
);
export type SitePatch = Static<typeof SitePatch>;

const closedThrough = Nullable(DateOnly("Closed through this business date; null: all is open"));

export const Site = Strict(
  {
    id: Id(),
    name: siteName,
    zone,
    cutover,
    pricesIncludeTax,
    closedThrough,
    archived,
    version: Version,
  },
  { description: "A shop or kitchen" },
);
export type Site = Static<typeof Site>;

export const SitePage = PageOf(Site, "Sites, oldest first");
export type SitePage = Static<typeof SitePage>;

const tillName = Text(120, "Name of the till, unique at its site among those in use", "Till 1");

export const NewTill = Strict(
  { id: Type.Optional(Id()), siteId: Id("The site it stands at"), name: tillName },
  {
    description: "A till to add",
    examples: [{ siteId: "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e", name: "Till 1" }],
  },
);
export type NewTill = Static<typeof NewTill>;

export const TillPatch = Strict(
  { name: tillName },
  { description: "What to change", examples: [{ name: "Till 2" }] },
);
export type TillPatch = Static<typeof TillPatch>;

export const Till = Strict(
  { id: Id(), siteId: Id("The site it stands at"), name: tillName, archived, version: Version },
  { description: "A register; its receipts are numbered without gaps" },
);
export type Till = Static<typeof Till>;

export const TillPage = PageOf(Till, "Tills, oldest first");
export type TillPage = Static<typeof TillPage>;

const periodSite = Id("The site");
const periodExample = { siteId: "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e", through: "2026-10-31" };

export const PeriodClose = Strict(
  { siteId: periodSite, through: DateOnly("The last business date to close") },
  { description: "What to close at a site", examples: [periodExample] },
);
export type PeriodClose = Static<typeof PeriodClose>;

const reason = Text(500, "Why", "A delivery note turned up");

export const PeriodReopening = Strict(
  {
    siteId: periodSite,
    through: Type.Optional(
      Nullable(DateOnly("The last business date that stays closed; without it all is open")),
    ),
    reason,
  },
  {
    description: "What to open again at a site",
    examples: [{ ...periodExample, through: "2026-09-30", reason: "A delivery note turned up" }],
  },
);
export type PeriodReopening = Static<typeof PeriodReopening>;

export const PeriodChange = Strict(
  {
    id: Id(),
    siteId: periodSite,
    action: Word(["close", "reopen"], "What was done"),
    closedThrough,
    closedBefore: Nullable(InstantOut("The first instant that is open")),
    reason: Nullable(reason),
    actor: Type.String({
      description: "Who did it",
      examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
    }),
    recordedAt: InstantOut("When"),
  },
  { description: "A close or a reopening of periods, and what is closed after it" },
);
export type PeriodChange = Static<typeof PeriodChange>;

export const PeriodPage = PageOf(PeriodChange, "Closes and reopenings, newest first");
export type PeriodPage = Static<typeof PeriodPage>;
