import { customType } from "drizzle-orm/pg-core";
import { instantText } from "./db-connections.ts";
import { QUANTITY_PLACES, VALUE_PLACES } from "./decimal.ts";

// Column types of the books; decimals and instants are text on this side, exact on the other.

/** timestamptz, read as RFC 3339 in UTC. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamptz",
  fromDriver: (value) => (value.includes("T") ? value : instantText(value)),
});

/** NUMERIC(18,6) in the item's stock unit. */
export const quantity = customType<{ data: string; driverData: string }>({
  dataType: () => `numeric(18, ${QUANTITY_PLACES})`,
});

/** NUMERIC(20,6) of the currency, as the ledger keeps it. */
export const ledgerValue = customType<{ data: string; driverData: string }>({
  dataType: () => `numeric(20, ${VALUE_PLACES})`,
});

/** An amount on a document, in the currency's minor digits. */
export const amount = customType<{ data: string; driverData: string }>({
  dataType: () => "numeric(16, 4)",
});

/** A price a unit, up to 6 decimals. */
export const unitPrice = customType<{ data: string; driverData: string }>({
  dataType: () => "numeric(18, 6)",
});
