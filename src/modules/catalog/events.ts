import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

// The subject is the item; it holds for the whole company.
export const itemAdded = defineEvent("item.added", Strict({}));
export const itemChanged = defineEvent("item.changed", Strict({}));
export const itemArchived = defineEvent("item.archived", Strict({}));

/** Beside `item.changed`. */
export const itemPriceChanged = defineEvent("item.price_changed", Strict({}));

export const catalogEvents = [itemAdded, itemChanged, itemArchived, itemPriceChanged] as const;
