import { defineConfig } from "drizzle-kit";

// The tool reads the config's default export; nothing else in the house has one.
export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/platform/tables.ts", "./src/modules/*/tables.ts"],
  out: "./migrations",
  migrations: { prefix: "timestamp" },
  breakpoints: false,
});
