export * from "./tables/refunds.ts";
export * from "./tables/sales.ts";
