import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remoteClient } from "../harness/remote.ts";
import type { WebProcess } from "../harness/web-process.ts";
import { checkBooks, checkReplay } from "./books.ts";
import { checkJournals } from "./checker.ts";
import { readJournals, type Told } from "./journal.ts";
import { checkConnections, checkMemory } from "./leaks.ts";
import { type Load, type LoadOptions, startLoad } from "./load.ts";
import { replayOpen } from "./replay.ts";
import { checkRebuilt } from "./reports.ts";
import { drawFrom, type Stream, until } from "./schedule.ts";
import { type FaultShop, openFaultShop } from "./shop.ts";
import { openSql } from "./sql.ts";

export interface TrialDatabase {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** Sees the state of everybody's connections; of the same database. */
  readonly adminUrl: string;
}

interface TrialOptions {
  /** Names the streams of this trial. */
  readonly name: string;
  /** Straight to PostgreSQL, whatever line the web processes have. */
  readonly database: TrialDatabase;
  readonly tills: number;
  readonly target: () => string;
  /** The longest a till waits for an answer; a longer wait is a hang. */
  readonly patienceMs?: number;
}

/** A shop whose tills are under load while faults happen, and the proof of all invariants after. */
export interface Trial {
  /** Draws the faults. */
  readonly stream: Stream;
  readonly shop: FaultShop;
  /** Opens the tills. */
  start(what?: Pick<LoadOptions, "draw" | "steps">): Load;
  /** That receipt is no till's, and belongs there. */
  allow(receiptId: string): void;
  /** Waits for so many more acknowledgements. */
  progress(load: Load, count: number): Promise<void>;
  /** What the tills wrote down. */
  told(): Told[];
  /** With the load stopped and the system healthy: every finding; none is the proof. */
  prove(webs: readonly WebProcess[], on?: ProofOptions): Promise<string[]>;
  close(): void;
}

interface ProofOptions {
  /** Another database than the trial's: a restored one. */
  readonly database?: TrialDatabase;
  /** What should hold, if that is not all the tills wrote down. */
  readonly told?: readonly Told[];
}

const patience = 30_000;

export async function openTrial(options: TrialOptions): Promise<Trial> {
  const { name, database, tills, target, patienceMs = patience } = options;
  const folder = mkdtempSync(join(tmpdir(), "banneton-journals-"));
  const stream = drawFrom(name);
  const shop = await openFaultShop(remoteClient(target()), tills);
  const { siteId } = shop;
  const opening = [...shop.opening];
  let load = 0;
  return {
    stream,
    shop,
    start: (what = {}) => {
      load += 1;
      const streamOf = (till: string) => drawFrom(`${name} ${load} ${till}`);
      return startLoad({
        ...what,
        folder,
        shop,
        streamOf,
        target,
        patienceMs,
        prefix: `load-${load}`,
      });
    },
    allow: (receiptId) => void opening.push(receiptId),
    progress: (running, count) => {
      const wanted = running.acknowledged + count;
      return until(`${count} more acknowledgements`, () => running.acknowledged >= wanted);
    },
    told: () => readJournals(folder),
    async prove(webs, on = {}) {
      const { ownerUrl, adminUrl, appUrl } = on.database ?? database;
      const [sql, admin] = [await openSql(ownerUrl), await openSql(adminUrl)];
      const told = on.told ?? readJournals(folder);
      const scope = { siteId, opening };
      try {
        const early = await checkJournals(sql, told, scope);
        const client = remoteClient(target());
        const replays = await replayOpen(client, sql, told, { siteId, stream });
        return [
          ...early,
          ...replays,
          ...(await checkJournals(sql, told, scope)),
          ...(await checkBooks(sql)),
          ...(await checkReplay(appUrl)),
          ...(await checkRebuilt(sql, appUrl)),
          ...(await checkConnections(admin, webs.length)),
          ...webs.flatMap(({ pid }) => checkMemory(pid)),
        ];
      } finally {
        await Promise.all([sql.close(), admin.close()]);
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** How many intents there were, and how they ended: a trial without faults or sales proves nothing. */
export function tallyOf(told: readonly Told[]) {
  const count = (is: (each: Told) => boolean) => told.filter(is).length;
  return {
    intents: told.length,
    acknowledged: count((each) => each.acknowledged !== undefined),
    refused: count((each) => each.refused !== undefined),
    unanswered: count((each) => each.unanswered.length > 0),
    open: count((each) => each.acknowledged === undefined && each.refused === undefined),
  };
}

/** How tills are told to come again; the second is a twin that PostgreSQL has not given up yet. */
export const comeAgain = /^(503 database\.(unavailable|outcome_unknown)|409 idempotency\.running)$/;

/** Every answer that left a till not knowing, in the words of the journals. */
export const unansweredOf = (told: readonly Told[]): string[] =>
  told.flatMap(({ unanswered }) => unanswered);
