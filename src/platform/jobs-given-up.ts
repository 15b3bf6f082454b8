import { type Db, statement, type Tx } from "./db.ts";
import { deadLettersOf, type EnqueueOptions, enqueue, type JobQueue } from "./jobs.ts";

// A job that moves on does so in one statement: of one that lives, one snapshot always shows some row.
const given = statement(
  "platform_jobs_given_up",
  `select place::int - 1 as index
   from jsonb_array_elements($2::jsonb) with ordinality as asked (data, place)
   where not exists (select from pgboss.job_common j
     where j.name = $1 and j.state < 'completed' and j.data = asked.data)
   order by place`,
);

/**
 * Those of these jobs that neither wait nor run: they are done, or dead letters, or lost. What still is
 * not done and has no job any more will not be done.
 */
export async function listGivenUp<Payload>(
  db: Db,
  queue: JobQueue<Payload>,
  payloads: readonly Payload[],
): Promise<Payload[]> {
  if (payloads.length === 0) return [];
  const rows = await db.run<{ index: number }>(given, [queue.name, JSON.stringify(payloads)]);
  return rows.flatMap(({ index }) => payloads[index] ?? []);
}

const dropLetters = statement(
  "platform_jobs_drop_letters",
  `delete from pgboss.job_common where name = $1 and state = 'created' and data = $2::jsonb`,
);

/** Asks for a job anew that was given up: its dead letters are answered with that. */
export async function enqueueAgain<Payload>(
  tx: Tx,
  queue: JobQueue<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<void> {
  await tx.run(dropLetters, [deadLettersOf(queue), JSON.stringify(payload)]);
  await enqueue(tx, queue, payload, options);
}
