import { type Database, statement } from "./db.ts";

// By pages, so that no transaction holds more than a batch; the answers of commands outlive any client
// that might still ask again (domain rules 11).
const deleteAnswers = statement(
  "platform_answers_delete",
  `with gone as (
     delete from platform.idempotency where ctid = any (array(
       select ctid from platform.idempotency
       where created_at < now() - make_interval(days => $1::int) limit $2))
     returning 1)
   select count(*)::int as count from gone`,
);

const daysKept = 35;
const batchSize = 5_000;

/** Forgets the answers of commands older than 35 days. Returns how many. */
export async function deleteOldAnswers(db: Pick<Database, "withTransaction">): Promise<number> {
  for (let deleted = 0; ; ) {
    const [row] = await db.withTransaction((tx) =>
      tx.run<{ count: number }>(deleteAnswers, [daysKept, batchSize]),
    );
    deleted += row?.count ?? 0;
    if ((row?.count ?? 0) < batchSize) return deleted;
  }
}
