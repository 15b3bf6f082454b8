// bun run test [--long] [paths…]: installs, starts a test server, runs everything, counts.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, project } from "./install.ts";

ensureInstalled();
const { startTestServer } = await import("../test/harness/postgres.ts");

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const given = process.argv.slice(2);
const isLong = given.includes("--long");
const paths = given.filter((each) => each !== "--long");

/** What runs one after the other; the lanes run beside each other, as each keeps about one core busy. */
type Lane = readonly Part[];
interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** Of what it prints, the counts. */
  readonly tallyOf: (output: string) => Tally;
}

const tests = (name: string, where: readonly string[]): Part => ({
  name: `${name}: ${where.join(" ")}`,
  command: ["test", "--timeout", isLong ? "3600000" : "60000", ...where],
  tallyOf: (output) => ({
    passed: count(output, /^\s*(\d+) pass$/gm),
    failed: count(output, /^\s*(\d+) fail$/gm) + count(output, /^\s*(\d+) errors?$/gm),
    skipped: count(output, /^\s*(\d+) skip$/gm),
  }),
});

const infrastructure: Part = {
  name: "infrastructure",
  command: [join(project, "scripts/verify-infra.ts")],
  tallyOf: (output) => ({
    passed: count(output, /^(\d+) checked, \d+ failed, \d+ skipped$/gm),
    failed: count(output, /^\d+ checked, (\d+) failed, \d+ skipped$/gm),
    skipped: count(output, /^\d+ checked, \d+ failed, (\d+) skipped$/gm),
  }),
};

const lanes: readonly Lane[] =
  paths.length > 0
    ? [[tests("the paths given", paths)]]
    : [
        [tests("across modules", ["./test"])],
        [tests("beside the code", ["./src", "./scripts"]), infrastructure],
      ];

const started = performance.now();
const database = await startTestServer();
console.log(`Test server ready in ${seconds(started)}${isLong ? "; long forms" : ""}`);
const env = {
  ...process.env,
  BANNETON_TEST_SERVER: JSON.stringify(database.server),
  ...(isLong ? { BANNETON_TEST_LONG: "1" } : {}),
};

// The first lane is followed as it goes; what the others print comes when a part of them ends.
const tallies = (await Promise.all(lanes.map((lane, index) => runLane(lane, index === 0)))).flat();
await database.stop();

const total = tallies.reduce((sum, each) => ({
  passed: sum.passed + each.passed,
  failed: sum.failed + each.failed,
  skipped: sum.skipped + each.skipped,
}));
console.log(
  `\nAll parts in ${seconds(started)}${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`,
);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function runLane(lane: Lane, isFollowed: boolean): Promise<readonly Tally[]> {
  const done: Tally[] = [];
  for (const part of lane) {
    const begun = performance.now();
    if (isFollowed) console.log(`\n== ${part.name}`);
    const { tally, output } = await run(part, isFollowed);
    if (!isFollowed) console.log(`\n== ${part.name}\n${output}`);
    console.log(`== ${part.name}: ${sentence(tally)}, ${seconds(begun)}`);
    done.push(tally);
  }
  return done;
}

/** Runs a part and reads its summary; one without a summary counts as a failure. */
async function run({ command, tallyOf }: Part, isFollowed: boolean) {
  const child = spawn(process.execPath, command, {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const [stream, own] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream.on("data", (chunk: Buffer) => {
      if (isFollowed) own.write(chunk);
      output += chunk.toString("utf8");
    });
  }
  const code = await new Promise<number>((done) => {
    child.once("close", (status) => done(status ?? 1));
  });
  const tally = tallyOf(output);
  const isUntold = tally.failed === 0 && (code !== 0 || tally.passed === 0);
  return { tally: { ...tally, failed: isUntold ? 1 : tally.failed }, output };
}

function count(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0);
}

function sentence({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
