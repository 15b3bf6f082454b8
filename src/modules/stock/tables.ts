export * from "./tables/documents.ts";
export * from "./tables/ledger.ts";
export * from "./tables/schema.ts";
