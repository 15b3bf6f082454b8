import {
  DateOnly,
  DecimalOut,
  Guarded,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  QuantityOut,
  type Static,
  Strict,
  Type,
  ValueOut,
  Word,
} from "#platform/schema.ts";
import { Hold } from "./hold.ts";

const itemId = Id("The item");
const siteId = Id("The site");
const seq = Type.String({ pattern: "^\\d+$", description: "Order of recording", examples: ["42"] });
const expiresOn = Nullable(DateOnly("Good through this day, in the site's zone"));

export const Balance = Strict(
  {
    itemId,
    name: Type.String({ description: "Name of the item", examples: ["Strong flour"] }),
    siteId,
    quantity: QuantityOut,
    available: DecimalOut("On hand less what is held or expired today"),
    value: Guarded("costs.read", ValueOut),
    unit: Type.String({ description: "The item's stock unit", examples: ["kg"] }),
  },
  { description: "What is on hand of one item at one site" },
);
export type Balance = Static<typeof Balance>;
export const BalancePage = PageOf(Balance, "Balances, by item and site");
export type BalancePage = Static<typeof BalancePage>;

export const Layer = Strict(
  {
    id: Id("The layer"),
    lotId: Id("Its lot"),
    itemId,
    siteId,
    quantityIn: DecimalOut("What came in, in the stock unit"),
    valueIn: Guarded("costs.read", DecimalOut("What all of it was worth")),
    quantity: QuantityOut,
    value: Guarded("costs.read", ValueOut),
    effectiveAt: InstantOut("Its age: when it came in, here or where it was transferred from"),
    arrivedAt: Nullable(InstantOut("When a transfer brought it here, if one did")),
    seq,
    expiresOn,
    isHeld: Type.Boolean({ description: "Not to be sold or used" }),
  },
  { description: "What remains of a lot at one site" },
);
export type Layer = Static<typeof Layer>;
export const LayerPage = PageOf(Layer, "Layers, by item, site and order of recording");
export type LayerPage = Static<typeof LayerPage>;

export const Lot = Strict(
  {
    id: Id("The lot"),
    itemId,
    origin: Word(["receipt", "run", "count", "import"], "How it came to be"),
    sourceId: Id("The document or run it came from"),
    supplierId: Nullable(Id("Who delivered it")),
    supplierLot: Nullable(Type.String({ description: "The supplier's own lot number" })),
    expiresOn,
    recordedAt: InstantOut("When it was written to the books"),
    isHeld: Type.Boolean({ description: "Stopped by a hold, its own or of a lot in it" }),
    layers: Type.Array(Layer),
    holds: Type.Array(Hold, { description: "Those that stop it or did, newest first" }),
  },
  { description: "What arrived or was made together, and where it is" },
);
export type Lot = Static<typeof Lot>;

const movementTypes = [
  "receipt",
  "consumption",
  "output",
  "sale",
  "settlement",
  "waste",
  "count",
  "void",
  "refund",
  "refund_waste",
  "transfer_out",
  "transfer_in",
  "adjustment",
  "run_reversal",
  "settlement_reversal",
  "receipt_reversal",
  "waste_reversal",
  "count_reversal",
] as const;

export const Movement = Strict(
  {
    id: Id("The movement"),
    seq,
    type: Word(movementTypes, "What moved it"),
    itemId,
    siteId,
    quantity: DecimalOut("In (positive) or out (negative), in the stock unit", "-2"),
    value: Guarded("costs.read", DecimalOut("Ledger value, signed like the quantity", "-1.7")),
    effectiveAt: InstantOut("When it happened"),
    recordedAt: InstantOut("When it was written to the books"),
    actor: Type.String({
      description: "Who did it",
      examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
    }),
    sourceId: Id("The document"),
    sourceLineId: Nullable(Id("The document's line")),
    lotId: Nullable(Id("The lot it was bound to")),
    reverses: Nullable(Id("The movement it undoes")),
  },
  { description: "One row of the ledger; never changed" },
);
export type Movement = Static<typeof Movement>;
export const MovementPage = PageOf(Movement, "Movements, newest first");
export type MovementPage = Static<typeof MovementPage>;

export const Shortfall = Strict(
  {
    id: Id("The shortfall"),
    itemId,
    siteId,
    quantity: QuantityOut,
    openQuantity: DecimalOut("Not settled and not cancelled yet"),
    cancelledQuantity: DecimalOut("Given back before it was settled"),
    sourceId: Id("The sale"),
    sourceLineId: Id("The sale's line"),
    effectiveAt: InstantOut("When it was sold"),
    recordedAt: InstantOut("When it was written to the books"),
  },
  { description: "What was sold but was not on the books" },
);
export type Shortfall = Static<typeof Shortfall>;
export const ShortfallPage = PageOf(Shortfall, "Shortfalls, oldest first");
export type ShortfallPage = Static<typeof ShortfallPage>;
