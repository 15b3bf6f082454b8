import { type Db, statement, type Tx } from "#platform/db.ts";
import type { VerificationRun } from "./model.ts";

export interface NewRun {
  readonly id: string;
  readonly certificate: string | null;
  readonly problem: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly startedAt: string;
}

const columns = `id, is_sound as "isSound", certificate, problem, started_at as "startedAt",
  ended_at as "endedAt"`;

const insert = statement(
  "verifications_insert",
  `insert into verifications.runs (id, is_sound, certificate, problem, counts, started_at)
   values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
);

export async function insertRun(tx: Tx, run: NewRun): Promise<VerificationRun> {
  const { id, certificate, problem, counts, startedAt } = run;
  const values = [id, problem === null, certificate, problem, JSON.stringify(counts), startedAt];
  const [row] = await tx.run<VerificationRun>(insert, values);
  if (row === undefined) throw new Error("an insert returns its row");
  return row;
}

const last = statement(
  "verifications_last",
  `select ${columns} from verifications.runs order by ended_at desc limit 1`,
);

export async function findLastRun(db: Db): Promise<VerificationRun | undefined> {
  const [row] = await db.run<VerificationRun>(last);
  return row;
}
