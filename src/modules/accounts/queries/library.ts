import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { Db } from "#platform/db.ts";
import * as tables from "../tables.ts";

/** Our tables by the library's names for them. */
export function libraryTables(db: Db) {
  return drizzleAdapter(db.orm, {
    provider: "pg",
    schema: {
      user: tables.people,
      account: tables.credentials,
      session: tables.sessions,
      verification: tables.verifications,
      twoFactor: tables.secondFactors,
    },
  });
}
