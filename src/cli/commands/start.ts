import type { Command } from "commander";
import { makeOwnerLink } from "#modules/accounts/index.ts";
import { parseSettings } from "#platform/config-worker.ts";
import type { App } from "#platform/context.ts";
import { createWeb } from "../../web/app.ts";
import { type RunningWeb, startWeb } from "../../web/lifecycle.ts";
import { partsOf } from "../../worker/app.ts";
import { type RunningWorker, startWorker } from "../../worker/lifecycle.ts";
import { appOn, migratePlace, openPlace, ownerOf, type Place } from "../database.ts";
import { seedDemo } from "../demo.ts";
import { type LocalFunctions, listenFunctions } from "../functions.ts";
import { CommandError, isProduction, systemCtx, type Terminal } from "../terminal.ts";
import { canSeed, refuseInProduction, yearsFlag, yearsOf } from "./seed.ts";

interface StartOptions {
  readonly demo?: boolean;
  readonly years?: string;
  readonly worker?: boolean;
  readonly functions?: boolean;
}

interface Running {
  readonly web: RunningWeb;
  readonly functions: LocalFunctions | undefined;
  readonly worker: RunningWorker | undefined;
}

export function addStart(program: Command, terminal: Terminal): void {
  program
    .command("start")
    .description(
      "run Banneton: database if DATABASE_URL is unset, migrations, web, worker, functions",
    )
    .option("--demo", "seed the demo bakery into an empty database given by DATABASE_URL")
    .option("--no-demo", "do not seed the embedded database")
    .option("--no-worker", "without the worker, which then runs elsewhere")
    .option("--no-functions", "without the cloud functions: the worker does what it can itself")
    .option(...yearsFlag)
    .addHelpText(
      "after",
      "\nPORT (3000) and HOST (127.0.0.1) say where it listens, FUNCTIONS_PORT (3001) where the functions\ndo; see .env.example.",
    )
    .action((options: StartOptions) => start(terminal, options));
}

async function start(terminal: Terminal, options: StartOptions): Promise<void> {
  yearsOf(options);
  const place = await openPlace(terminal, { isExclusive: true });
  terminal.onForce(() => place.embedded?.interrupt());
  let running: Running | undefined;
  const up = bringUp(terminal, place, options).then((both) => {
    running = both;
    return undefined;
  });
  try {
    // A signal while it comes up ends it as well: what is half done is finished by the next start.
    const early = await Promise.race([up, terminal.stopped]);
    const signal = early ?? (await terminal.stopped);
    terminal.say(`Stopping (${signal})…`);
    // The web closes the pools that both use.
    await running?.worker?.stop();
    await running?.functions?.stop();
    await running?.web.stop();
  } finally {
    up.catch(() => {});
    await place.leave();
  }
}

async function bringUp(terminal: Terminal, place: Place, options: StartOptions): Promise<Running> {
  const count = await migratePlace(terminal, place);
  if (count > 0) terminal.say(`Applied ${count} migration(s).`);
  const functions = runsFunctions(terminal, options) ? listenFunctions(terminal) : undefined;
  const app = await appOn(terminal, place, functions?.env);
  functions?.open(app);
  await seedIfWanted(terminal, place, app, options);
  const web = listen(terminal, app);
  const settings = parseSettings(terminal.env);
  const worker =
    options.worker === false ? undefined : await startWorker(app, settings, partsOf(settings));
  sayWhatToOpen(terminal, app, web);
  await sayHowToBegin(terminal, app, web);
  terminal.say("Ctrl-C stops it.");
  return { web, worker, functions };
}

/** In production they are Google's, and so are the tokens they are called with. */
function runsFunctions({ env }: Terminal, { functions }: StartOptions): boolean {
  return functions !== false && env["NODE_ENV"] !== "production";
}

async function seedIfWanted(
  terminal: Terminal,
  place: Place,
  app: App,
  options: StartOptions,
): Promise<void> {
  if (options.demo === true) refuseInProduction(app);
  const isWanted = place.embedded === undefined ? options.demo === true : options.demo !== false;
  if (!isWanted || app.config.environment === "production" || !(await canSeed(app))) return;
  terminal.say("Making the demo bakery…");
  await seedDemo(app, terminal.say, { years: yearsOf(options), owner: ownerOf(place) });
}

function listen(terminal: Terminal, app: App): RunningWeb {
  try {
    return startWeb(app, createWeb(app), terminal.serve);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") throw error;
    const { port, metricsPort } = app.config;
    const advice = "Stop what listens there, or set PORT and METRICS_PORT.";
    throw new CommandError(`Port ${port} or ${metricsPort} is in use. ${advice}`);
  }
}

function sayWhatToOpen(terminal: Terminal, app: App, running: RunningWeb): void {
  const { hostname, environment } = app.config;
  const host = hostOf(hostname);
  const base = `http://${host}:${running.port}`;
  terminal.say("");
  terminal.say(`Banneton listens on ${base} (${environment})`);
  terminal.say(`  sign in                        ${base}/sign-in`);
  terminal.say(`  the API and its documentation  ${base}/swagger`);
  terminal.say(`  is it ready?                   ${base}/readyz`);
  terminal.say(`  metrics                        http://${host}:${running.metricsPort}/metrics`);
}

function hostOf(hostname: string): string {
  return hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
}

/** While there is no owner: the link that creates one. Never in production, where logs are kept. */
async function sayHowToBegin(terminal: Terminal, app: App, running: RunningWeb): Promise<void> {
  const { hostname, publicUrl } = app.config;
  if (isProduction(app.config)) {
    terminal.say("While there is no owner, `banneton owner-link` prints the link to create one.");
    return;
  }
  if (!publicUrl.startsWith("https://")) {
    terminal.say("PUBLIC_URL is http: cookies are not Secure. Good on this machine only.");
  }
  const path = await makeOwnerLink(systemCtx(app));
  if (path === undefined) return;
  const given = terminal.env["PUBLIC_URL"] ? publicUrl : undefined;
  terminal.say("There is no owner yet. This link creates one, once, within 24 hours:");
  terminal.say(`  ${given ?? `http://${hostOf(hostname)}:${running.port}`}${path}`);
}
