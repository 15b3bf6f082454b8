// Written by `bun run generate` from migrations/*.sql; a binary carries it and needs no files.
import type { Migration } from "./migration-files.ts";

export const migrations: readonly Migration[] = [];
