// bun run test [--long] [paths…]: installs, starts a test server, runs everything, counts.
import { spawn } from "node:child_process";
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
const parts =
  paths.length > 0
    ? [{ name: "the paths given", paths }]
    : [
        { name: "beside the code", paths: ["./src", "./scripts"] },
        { name: "across modules", paths: ["./test"] },
      ];

const started = performance.now();
const database = await startTestServer();
console.log(`Test server ready in ${seconds(started)}${isLong ? "; long forms" : ""}`);
const env = {
  ...process.env,
  BANNETON_TEST_SERVER: JSON.stringify(database.server),
  ...(isLong ? { BANNETON_TEST_LONG: "1" } : {}),
};

const tallies: Tally[] = [];
for (const part of parts) {
  const begun = performance.now();
  console.log(`\n== ${part.name}: ${part.paths.join(" ")}`);
  const tally = await run(part.paths);
  tallies.push(tally);
  console.log(`== ${part.name}: ${sentence(tally)}, ${seconds(begun)}`);
}
await database.stop();

const total = tallies.reduce(
  (sum, each) => ({
    passed: sum.passed + each.passed,
    failed: sum.failed + each.failed,
    skipped: sum.skipped + each.skipped,
  }),
  { passed: 0, failed: 0, skipped: 0 },
);
console.log(
  `\nAll parts in ${seconds(started)}${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`,
);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Runs `bun test` on the paths and reads its summary; a run without one counts as a failure. */
async function run(where: readonly string[]): Promise<Tally> {
  const child = spawn(
    process.execPath,
    ["test", "--timeout", isLong ? "3600000" : "60000", ...where],
    {
      cwd: project,
      env,
      stdio: ["ignore", "inherit", "pipe"],
    },
  );
  let tail = "";
  child.stderr.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    tail = (tail + chunk.toString("utf8")).slice(-10_000);
  });
  const code = await new Promise<number>((done) => {
    child.once("close", (status) => done(status ?? 1));
  });
  const tally = {
    passed: count(tail, "pass"),
    failed: count(tail, "fail"),
    skipped: count(tail, "skip"),
  };
  const errors = count(tail, "error");
  const failed = tally.failed + errors;
  return { ...tally, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function count(text: string, word: string): number {
  const found = [...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}s?\\s*$`, "gm"))].at(-1);
  return Number(found?.[1] ?? 0);
}

function sentence({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
