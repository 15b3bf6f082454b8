export * from "./tables/corrections.ts";
export * from "./tables/documents.ts";
export * from "./tables/holds.ts";
export * from "./tables/ledger.ts";
export * from "./tables/reversals.ts";
export * from "./tables/schema.ts";
export * from "./tables/transfers.ts";
