import { type Db, statement, type Tx } from "#platform/db.ts";

/** Why an import ended without being done. */
export interface ImportProblem {
  readonly code: string;
  /** In words, for whoever sent the file. */
  readonly message: string;
}

export interface ImportProgress {
  readonly state: "running" | "done" | "failed";
  readonly problem?: ImportProblem;
  /** Of one that is done: the import; null if a dry run has made none. */
  readonly importId?: string | null;
}

// What is in the books stays done, whatever an attempt says that was overtaken.
const setImport = statement(
  "upload_import",
  `update uploads.uploads set import_state = $2, import_problem = $3, import_message = $4,
     import_id = case when $2 = 'done' then $5::uuid else import_id end
   where id = $1 and import_state <> 'done'`,
);

export async function noteImport(
  tx: Tx,
  id: string,
  { state, problem, importId = null }: ImportProgress,
): Promise<void> {
  await tx.run(setImport, [id, state, problem?.code ?? null, problem?.message ?? null, importId]);
}

const listImporting = statement(
  "upload_importing",
  `select id from uploads.uploads where import_state in ('waiting', 'running')
   order by id limit 1000`,
);

/** Imports that are not done, the oldest first. */
export async function listImports(db: Db): Promise<string[]> {
  return (await db.run<{ id: string }>(listImporting)).map(({ id }) => id);
}

const giveUp = statement(
  "upload_import_give_up",
  `update uploads.uploads set import_state = 'failed', import_problem = $2, import_message = $3
   where id = any($1) and import_state in ('waiting', 'running')`,
);

/** Notes at those that are not done that they will not be. */
export async function failImports(
  tx: Tx,
  ids: readonly string[],
  { code, message }: ImportProblem,
): Promise<void> {
  await tx.run(giveUp, [ids, code, message]);
}

const wait = statement(
  "upload_import_wait",
  `update uploads.uploads
   set import_state = 'waiting', import_problem = null, import_message = null
   where id = $1 and state = 'accepted' and import_state = 'failed' and import_problem = $2
   returning id`,
);

/** False if it has not failed of that, or somebody else has asked before. */
export async function waitAgain(tx: Tx, id: string, code: string): Promise<boolean> {
  return (await tx.run(wait, [id, code])).length > 0;
}
