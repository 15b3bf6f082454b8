import {
  DateOnly,
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
import { alertKinds, alertStates } from "./rules/kinds.ts";

export const Alert = Strict(
  {
    id: Id(),
    kind: Word(alertKinds, "What it is about"),
    state: Word(alertStates, "Acknowledged: somebody has seen it. Closed: its cause is gone"),
    siteId: Nullable(Id("The site; null is the company")),
    siteName: Nullable(Type.String({ description: "The site's name" })),
    itemId: Nullable(Id("The item")),
    itemName: Nullable(Type.String({ description: "The item's name" })),
    unit: Nullable(Type.String({ description: "The item's stock unit" })),
    lotId: Nullable(Id("The lot")),
    quantity: Nullable(QuantityOut),
    reorderLevel: Nullable(QuantityOut),
    expiresOn: Nullable(DateOnly("The lot's expiry")),
    since: Nullable(InstantOut("Since when the cause is there, if it tells")),
    openedAt: InstantOut("When it was opened; quantities are as of then"),
    acknowledgedAt: Nullable(InstantOut("When it was acknowledged")),
    acknowledgedBy: Nullable(Type.String({ description: "By whom" })),
    closedAt: Nullable(InstantOut("When its cause was found gone")),
  },
  { description: "Something that somebody should see to" },
);
export type Alert = Static<typeof Alert>;

export const AlertPage = PageOf(Alert, "Alerts, newest first");
export type AlertPage = Static<typeof AlertPage>;
