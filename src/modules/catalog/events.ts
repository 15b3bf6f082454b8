import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

/** An item was added, changed or taken out of use. The subject is the item. */
export const itemChanged = defineEvent("item.changed", Strict({}));

/** What the cache knows all answers about items by, their names in reports too. */
export const catalogTag = "catalog";
