export * from "./tables/aliases.ts";
export * from "./tables/files.ts";
export * from "./tables/till-exports.ts";
