import type { Ctx } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { defineEvent, subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { type Static, Strict, Type } from "#platform/schema.ts";
import type { Parts } from "../../src/worker/app.ts";

/** What the tests' jobs write to, made by `openJobBooks`. */
export const jobTables = `
  create schema test;
  -- What happened, written beside its event.
  create table test.facts (id uuid primary key, day date not null, what text not null);
  -- What the subscriber did about it, and how often it tried.
  create table test.effects (id uuid primary key);
  create table test.attempts (id uuid not null);
  -- Facts a day, counted anew when the day is marked.
  create table test.days (day date primary key, facts integer not null);
  -- What the subscriber chokes on.
  create table test.poisons (id uuid primary key);
  grant usage on schema test to banneton_app;
  grant select, insert, update, delete on all tables in schema test to banneton_app`;

/** While a test holds it, every subscriber stops between its effect and its completion. */
export const gateKey = 20_261_127;

const attempt = statement("test_attempt", "insert into test.attempts values ($1)");
const effect = statement(
  "test_effect",
  "insert into test.effects values ($1) on conflict do nothing",
);
const isPoison = statement("test_poison", "select 1 from test.poisons where id = $1");
const gate = statement("test_gate", `select pg_advisory_xact_lock_shared(${gateKey})`);
const lockDay = statement("test_lock_day", "select pg_advisory_xact_lock(hashtext($1))");
const countDay = statement(
  "test_count_day",
  `insert into test.days select $1::date, count(*) from test.facts where day = $1::date
   on conflict (day) do update set facts = excluded.facts`,
);

export const happened = defineEvent("test.happened", Strict({ what: Type.String() }));

const Fact = Strict({ eventId: Type.String(), factId: Type.String() });

type Fact = Static<typeof Fact>;

async function record({ app: { db } }: Ctx, { factId }: Fact): Promise<void> {
  await db.withTransaction((tx) => tx.run(attempt, [factId]));
  if ((await db.run(isPoison, [factId])).length > 0) throw new Error("This one is poison.");
  await db.withTransaction((tx) => tx.run(effect, [factId]));
  await db.withTransaction((tx) => tx.run(gate));
}

export const recordJob = defineJob({
  name: "test.record",
  shape: Fact,
  handler: record,
  batchSize: 5,
  retryLimit: 30,
  retryDelayMaxSeconds: 2,
});

/** As the other, but gives up at the second failure. */
export const fragileJob = defineJob({
  name: "test.record-fragile",
  shape: Fact,
  handler: record,
  batchSize: 20,
  retryLimit: 1,
  retryDelaySeconds: 0,
});

export const countJob = defineJob({
  name: "test.count-day",
  shape: Strict({ day: Type.String() }),
  handler: ({ app }, { day }) =>
    app.db.withTransaction(async (tx) => {
      await tx.run(lockDay, [day]);
      await tx.run(countDay, [day]);
    }),
  batchSize: 5,
  retryLimit: 30,
  retryDelayMaxSeconds: 2,
});

export const testParts: Parts = {
  jobs: [recordJob, fragileJob, countJob],
  events: [happened],
  subscriptions: [
    subscribe(happened, recordJob, ({ id, subjectId, payload }) =>
      payload.what === "sturdy" ? { payload: { eventId: id, factId: subjectId } } : undefined,
    ),
    subscribe(happened, fragileJob, ({ id, subjectId, payload }) =>
      payload.what === "fragile" ? { payload: { eventId: id, factId: subjectId } } : undefined,
    ),
    subscribe(happened, countJob, ({ businessDate }) => {
      const day = businessDate ?? "";
      return { payload: { day }, key: day };
    }),
  ],
};
