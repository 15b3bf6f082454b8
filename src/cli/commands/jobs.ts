import { type Command, InvalidArgumentError } from "commander";
import { validate } from "uuid";
import type { App } from "#platform/context.ts";
import { deadLettersOf, deadSuffix } from "#platform/jobs.ts";
import { jobQueues } from "../../worker/app.ts";
import { openBoss } from "../../worker/boss.ts";
import { listDeadLetters, readWork } from "../../worker/queries.ts";
import { withApp } from "../database.ts";
import { CommandError, type Terminal } from "../terminal.ts";

export function addJobs(program: Command, terminal: Terminal): void {
  const jobs = program.command("jobs").description("what the workers have to do, and what failed");
  jobs
    .command("list")
    .description("events and jobs that wait, run or failed, by job")
    .action(() => withApp(terminal, (app) => printList(app, terminal)));
  jobs
    .command("failed")
    .description("the dead letters: what failed for good, the newest first")
    .argument("[job]", "only of this job", knownJob)
    .action((job?: string) => withApp(terminal, (app) => printFailed(app, terminal, job)));
  jobs
    .command("redrive")
    .description("let dead letters be tried again, when what they failed of is mended")
    .argument("<job>", "the job, as `jobs failed` names it", knownJob)
    .option("--id <id>", "only this dead letter", knownId)
    .action((job: string, { id }: { id?: string }) =>
      withApp(terminal, async (app) => {
        const moved = await redrive(app, job, id);
        if (id !== undefined && moved === 0)
          throw new CommandError(`${job} has no dead letter ${id}.`);
        terminal.print(`${moved} job(s) of ${job} will be tried again.`);
      }),
    );
}

function knownJob(name: string): string {
  if (jobQueues.some((job) => job.name === name)) return name;
  throw new InvalidArgumentError(`It is one of ${jobQueues.map((job) => job.name).join(", ")}.`);
}

function knownId(id: string): string {
  if (validate(id)) return id;
  throw new InvalidArgumentError("It is an id, as `jobs failed` shows it.");
}

async function printList(app: App, terminal: Terminal): Promise<void> {
  const { eventsWaiting, lagSeconds, jobs: counts } = await readWork(app.db);
  terminal.print(`events  ${eventsWaiting} wait, the oldest for ${Math.round(lagSeconds)} s`);
  for (const { name } of jobQueues) {
    const of = (queue: string) => counts.filter((count) => count.queue === queue);
    const states = of(name).map(({ state, count }) => `${count} ${words[state] ?? state}`);
    const dead = of(`${name}${deadSuffix}`).reduce((sum, { count }) => sum + count, 0);
    const all = dead === 0 ? states : [...states, `${dead} dead letters`];
    terminal.print(`${name}  ${all.length === 0 ? "nothing" : all.join(", ")}`);
  }
}

const words: Readonly<Record<string, string>> = {
  created: "wait",
  retry: "wait to be tried again",
  active: "run",
  failed: "failed",
};

const shownMax = 100;

async function printFailed(app: App, terminal: Terminal, job: string | undefined): Promise<void> {
  const letters = await listDeadLetters(app.db, job ?? null, shownMax);
  if (letters.length === 0) return terminal.print("There are no dead letters.");
  for (const { id, failedAt, tries, reason, ...letter } of letters) {
    terminal.print(`${id}  ${letter.job}  ${failedAt}  after ${tries} tries: ${reason}`);
  }
  if (letters.length === shownMax) terminal.print(`The newest ${shownMax}; there may be more.`);
}

const redriveAtOnce = 1_000;

async function redrive(app: App, name: string, id: string | undefined): Promise<number> {
  const { database } = app.config;
  const { boss, close } = openBoss({ database, poolMax: 2, log: app.log, isQuiet: true });
  try {
    await boss.start();
    const queue = deadLettersOf({ name });
    const options = { destination: name, limit: redriveAtOnce, ...(id && { ids: [id] }) };
    for (let moved = 0; ; ) {
      const now = await boss.redrive(queue, options);
      moved += now;
      if (now < redriveAtOnce) return moved;
    }
  } finally {
    await boss.stop({ graceful: false });
    await close();
  }
}
