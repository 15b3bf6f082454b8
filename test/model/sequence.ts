import type { Db } from "#platform/db.ts";
import * as bakery from "../harness/bakery.ts";
import type { TestWeb } from "../harness/web.ts";
import { compareBooks } from "./books.ts";
import type { Command } from "./commands.ts";
import { Driver } from "./driver.ts";
import { micro, microText } from "./micro.ts";
import { Oracle } from "./oracle.ts";
import { same } from "./same.ts";
import type { Mistakes } from "./taking.ts";
import { type Categories, openWorld, type World } from "./world.ts";

/** A web with a clock of its own: sequences that run at once must not share one. */
export interface Stage {
  readonly web: TestWeb;
  readonly client: bakery.Asking;
  readonly categories: Categories;
  /** How often which kind of command had which outcome, over all sequences. */
  readonly outcomes: Map<string, number>;
  setClock(at: number): void;
}

// Two days before the clocks go forward in Dublin, in the afternoon: sequences cross that night.
const start = Date.parse("2026-03-27T15:12:00Z");
const minute = 60_000;

/** Runs one sequence on a site of its own; throws at the first thing the web and the oracle disagree on. */
export async function runSequence(
  stage: Stage,
  commands: readonly Command[],
  mistakes: Mistakes = {},
): Promise<void> {
  const { client, web, categories } = stage;
  const db: Db = web.app.db;
  stage.setClock(start);
  const world = await openWorld(client, categories);
  const oracle = new Oracle(world.rules, mistakes);
  const driver = new Driver(client, world, oracle);
  oracle.now = start;
  const verified = world.sites.map((_, site) => oracle.booksOf(site));
  for (const [index, command] of commands.entries()) {
    oracle.now += command.wait * minute;
    stage.setClock(oracle.now);
    try {
      await driver.run(command);
      await compareBooks(db, world, oracle);
      // What did not move is as it was when it was verified before.
      for (const [site, { siteId }] of world.sites.entries()) {
        const books = oracle.booksOf(site);
        if (books === verified[site]) continue;
        await verify(client, siteId);
        verified[site] = books;
      }
    } catch (error) {
      const place = `command ${index + 1} of ${commands.length}: ${JSON.stringify(command)}`;
      throw new Error(`${place}\n${(error as Error).message}`, { cause: error });
    }
  }
  for (const { siteId } of world.sites) await verify(client, siteId);
  await compareSales(stage, driver, oracle);
  remember(stage, driver);
}

/** Runs a sequence for what it leaves in the books; the answers are compared, the books are not. */
export async function runCommands(stage: Stage, commands: readonly Command[]): Promise<World> {
  const { client, categories } = stage;
  stage.setClock(start);
  const world = await openWorld(client, categories);
  const oracle = new Oracle(world.rules, {});
  const driver = new Driver(client, world, oracle);
  oracle.now = start;
  for (const command of commands) {
    oracle.now += command.wait * minute;
    stage.setClock(oracle.now);
    await driver.run(command);
  }
  remember(stage, driver);
  return world;
}

function remember({ outcomes }: Stage, driver: Driver): void {
  for (const [outcome, count] of Object.entries(driver.outcomes)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  }
}

async function verify(client: bakery.Asking, siteId: string): Promise<void> {
  const found = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
  if (!found.isSound) throw new Error(`verify: ${JSON.stringify(found.broken)}`);
}

/** At the end every sale says what its lines cost by now, settlements included. */
async function compareSales({ client }: Stage, driver: Driver, oracle: Oracle): Promise<void> {
  for (const { document, id } of driver.documents("sell")) {
    const sale = await bakery.read(client, `/sales/${id}`);
    sale.lines.forEach((line: { cost: string | null; shortQuantity: string }, index: number) => {
      const { cost, short } = oracle.saleLineNow(document, index);
      const got = { cost: microText(micro(line.cost ?? "0")), short: line.shortQuantity };
      same({ cost: microText(cost), short: microText(short) }, got, `line ${index} of ${document}`);
    });
  }
}
