import { type TestDatabase, testDatabase, testServer } from "../harness/postgres.ts";
import type { TrialDatabase } from "./trial.ts";

export interface FaultDatabase extends TestDatabase, TrialDatabase {}

/** A clone of the run's template database, with an admin's address of it too. */
export async function faultDatabase(): Promise<FaultDatabase> {
  const database = await testDatabase();
  const admin = new URL((await testServer()).adminUrl);
  admin.pathname = new URL(database.appUrl).pathname;
  return { ...database, adminUrl: admin.href };
}
