import type { App } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import { until } from "../faults/schedule.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";
import { gateKey, happened, jobTables } from "./test-jobs.ts";
import { openTestWeb } from "./web.ts";

export type What = "sturdy" | "fragile";

/** Facts with their events, and what the tests' subscribers made of them. */
export interface JobBooks {
  readonly app: App;
  readonly database: TestDatabase;
  /** As the owner. */
  readonly sql: Sql;
  /** A fact and its event in one transaction; its id. */
  happen(what: What, day?: string): Promise<string>;
  /** The same, rolled back at the end. */
  almostHappen(what: What): Promise<void>;
  /** Holds every subscriber between its effect and its completion. */
  closeGate(): Promise<void>;
  openGate(): Promise<void>;
  hasEffect(id: string): Promise<boolean>;
  attempts(id: string): Promise<number>;
  /** Nobody beats any more for what runs now, as if its worker had been gone for a minute. */
  forgetRunning(): Promise<void>;
  /** Waits until no event and no job waits or runs. */
  settle(): Promise<void>;
  /** What is wrong: facts without effect, effects without fact, days that are not what there is. */
  check(): Promise<string[]>;
  close(): Promise<void>;
}

const insertFact = statement("test_fact", "insert into test.facts values ($1, $2, $3)");

const flaws = `
  select 'no effect of fact ' || f.id as flaw from test.facts f left join test.effects e using (id)
  where e.id is null and not exists (select from test.poisons p where p.id = f.id)
  union all select 'an effect without a fact' from test.effects e left join test.facts f using (id)
  where f.id is null
  union all select 'day ' || day || ' is not what happened' from
    (select day, count(*) as facts from test.facts group by 1) f
    full join test.days d using (day) where f.facts is distinct from d.facts
  union all select 'an event is left' from platform.events
  limit 20`;

const isBusy = `
  select exists (select from platform.events) or exists (
    select from pgboss.job_common where name like 'test.%' and not name like '%.dead'
      and state < 'completed') as busy`;

export async function openJobBooks(): Promise<JobBooks> {
  const database = await testDatabase();
  const { app, close } = openTestWeb(database.appUrl);
  const [sql, gate] = [await openSql(database.ownerUrl), await openSql(database.ownerUrl)];
  await sql.rows(jobTables);
  const count = async (text: string, id: string) =>
    Number((await sql.rows<{ count: string }>(text, [id]))[0]?.count);
  const happen = (what: What, day: string, fails: boolean) =>
    app.db.withTransaction(async (tx) => {
      const id = newId();
      await tx.run(insertFact, [id, day, what]);
      publish(tx, happened, { siteId: null, businessDate: day, subjectId: id, payload: { what } });
      if (fails) throw new Error("It did not happen.");
      return id;
    });
  return {
    app,
    database,
    sql,
    happen: (what, day = "2026-11-27") => happen(what, day, false),
    almostHappen: (what) =>
      happen(what, "2026-11-27", true).then(
        () => {},
        () => {},
      ),
    closeGate: async () => void (await gate.rows("select pg_advisory_lock($1)", [gateKey])),
    openGate: async () => void (await gate.rows("select pg_advisory_unlock($1)", [gateKey])),
    hasEffect: async (id) =>
      (await count("select count(*) from test.effects where id = $1", id)) > 0,
    attempts: (id) => count("select count(*) from test.attempts where id = $1", id),
    forgetRunning: async () => {
      await sql.rows(`update pgboss.job_common set heartbeat_on = now() - interval '1 minute'
        where state = 'active'`);
    },
    settle: () =>
      until("nothing waits or runs", async () => {
        const [row] = await sql.rows<{ busy: boolean }>(isBusy);
        return row?.busy === false;
      }),
    check: async () => (await sql.rows<{ flaw: string }>(flaws)).map(({ flaw }) => flaw),
    async close() {
      await Promise.all([sql.close(), gate.close(), close()]);
      await database.drop();
    },
  };
}
