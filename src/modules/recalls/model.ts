import {
  DateOnly,
  DecimalOut,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  QuantityOut,
  type Static,
  Strict,
  Type,
  Word,
} from "#platform/schema.ts";

const Name = (description: string, example: string) =>
  Type.String({ description, examples: [example] });
const Count = (description: string) => Type.Integer({ description, examples: [3] });
const itemName = Name("Name of the item", "Strong flour");
const siteName = Name("Name of the site", "Harbour Street");
const unit = Name("The item's stock unit", "kg");
const ofLot = { lotId: Id("The lot"), itemName };

export const MassBalance = Strict(
  {
    received: DecimalOut("By receipts"),
    made: DecimalOut("By runs"),
    found: DecimalOut("What counts found more"),
    used: DecimalOut("In production"),
    sold: DecimalOut("Less what came back"),
    wasted: DecimalOut("Thrown away, refunds that were thrown away too"),
    lost: DecimalOut("What counts found less"),
    returned: DecimalOut("Receipts undone"),
    onHand: DecimalOut("Remaining at all sites"),
    isBalanced: Type.Boolean({ description: "What came in equals all the rest, exactly" }),
  },
  { description: "Where all of a lot went, net of what was undone, in the stock unit" },
);
export type MassBalance = Static<typeof MassBalance>;

const Place = Strict({
  siteId: Id("The site"),
  siteName,
  quantity: QuantityOut,
  isHeld: Type.Boolean({ description: "Not to be sold or used" }),
});

export const TracedLot = Strict(
  {
    id: Id("The lot"),
    itemId: Id("The item"),
    itemName,
    unit,
    origin: Word(["receipt", "run", "count", "import"], "How it came to be"),
    supplierId: Nullable(Id("Who delivered it")),
    supplierName: Nullable(Name("Who delivered it", "Mill Lane Flour")),
    supplierLot: Nullable(Type.String({ description: "The supplier's own lot number" })),
    expiresOn: Nullable(DateOnly("Good through this day")),
    recordedAt: InstantOut("When it was written to the books"),
    level: Count("Least number of steps from the lot asked for; 0 is that lot"),
    isHeld: Type.Boolean({ description: "Stopped by a hold" }),
    parts: Type.Array(
      Strict({ lotId: Id("The lot that went in"), quantity: DecimalOut("In its own stock unit") }),
      { description: "What went into it of lots in this trace" },
    ),
    places: Type.Array(Place, { description: "Sites that had some of it" }),
    balance: MassBalance,
  },
  { description: "A lot that a trace reached" },
);
export type TracedLot = Static<typeof TracedLot>;

export const Trace = Strict(
  {
    lotId: Id("The lot asked for"),
    direction: Word(["forward", "backward"], "To what it went into, or to what it was made of"),
    lotCount: Count("All lots reached, itself included"),
    levels: Count("Steps to the farthest"),
    ...PageOf(TracedLot, "").properties,
  },
  { description: "What a lot went into or was made of, nearest first" },
);
export type Trace = Static<typeof Trace>;

export const LotSale = Strict(
  {
    id: Id("The sale"),
    ...ofLot,
    siteId: Id("The site"),
    tillId: Nullable(Id("The till")),
    receiptNumber: Nullable(Type.Integer({ description: "Number on the receipt" })),
    soldAt: InstantOut("When it was sold"),
    businessDate: DateOnly("The trading day"),
    quantity: DecimalOut("Of the lot, less what came back, in its stock unit"),
    unit,
  },
  { description: "A sale that took some of a traced lot" },
);
export type LotSale = Static<typeof LotSale>;
export const LotSalePage = PageOf(LotSale, "Sales by id and lot");
export type LotSalePage = Static<typeof LotSalePage>;

export const SoldDay = Strict(
  {
    businessDate: DateOnly("The trading day"),
    siteId: Id("The site"),
    siteName,
    tillId: Nullable(Id("The till")),
    tillName: Nullable(Name("Name of the till", "Till 1")),
    ...ofLot,
    unit,
    quantity: QuantityOut,
    saleCount: Count("Sales that day"),
    firstReceipt: Nullable(Type.Integer({ description: "Least receipt number" })),
    lastReceipt: Nullable(Type.Integer({ description: "Greatest receipt number" })),
  },
  { description: "What a till sold of a lot in a day" },
);
export type SoldDay = Static<typeof SoldDay>;

export const WastedDay = Strict({
  effectiveOn: DateOnly("The day"),
  siteId: Id("The site"),
  siteName,
  ...ofLot,
  unit,
  quantity: QuantityOut,
  reason: Nullable(Type.String({ description: "Why it was thrown away" })),
});
export type WastedDay = Static<typeof WastedDay>;

export const Carried = Strict({
  effectiveAt: InstantOut("When it was carried"),
  fromSiteName: siteName,
  toSiteName: siteName,
  ...ofLot,
  unit,
  quantity: QuantityOut,
});
export type Carried = Static<typeof Carried>;

export const Contact = Strict({
  supplierId: Id("The supplier"),
  name: Name("Its name", "Mill Lane Flour"),
  email: Nullable(Type.String({ description: "Where to write to" })),
  phone: Nullable(Type.String({ description: "Whom to ring" })),
  lotIds: Type.Array(Id("A lot it delivered")),
});
export type Contact = Static<typeof Contact>;

export const Recall = Strict(
  {
    lotId: Id("The lot recalled"),
    drilledAt: InstantOut("When the drill began"),
    seconds: DecimalOut("How long it took", "0.042"),
    isHeld: Type.Boolean({ description: "All lots of the set are stopped" }),
    isBalanced: Type.Boolean({ description: "Every lot's balance holds exactly" }),
    saleCount: Count("Sales that took some of the set"),
    lots: Type.Array(TracedLot, { description: "The set: the lot and all that holds some of it" }),
    sold: Type.Array(SoldDay),
    wasted: Type.Array(WastedDay),
    transfers: Type.Array(Carried),
    origins: Type.Array(TracedLot, { description: "What it was made of, nearest first" }),
    contacts: Type.Array(Contact, { description: "Suppliers of the set and of its origins" }),
  },
  { description: "All that a recall of a lot needs to know" },
);
export type Recall = Static<typeof Recall>;
