// bun run verify:infra [--only kind,kind]: everything of the deployment that can be checked without a cloud.
import { parseArgs } from "node:util";
import { kinds } from "./kinds.ts";
import { missed } from "./plant.ts";
import { findingsOf, type Kind } from "./tally.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const { values } = parseArgs({ options: { only: { type: "string" }, list: { type: "boolean" } } });
const only = values.only?.split(",");
const tally = { checked: 0, failed: 0 };
const skips: string[] = [];

if (values.list === true) {
  for (const { name } of kinds) console.log(name);
  process.exit(0);
}
const chosen = kinds.filter(({ name }) => only === undefined || only.includes(name));
const unknown = only?.filter((name) => !kinds.some((kind) => kind.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(", ")}; --list names them.`);
  process.exit(64);
}
for (const kind of chosen) await look(kind);

for (const skip of skips) console.log(`skipped: ${skip}`);
const isStrict = process.env["REQUIRE_TOOLS"] === "1";
console.log(`${tally.checked} checked, ${tally.failed} failed, ${skips.length} skipped`);
if (isStrict && skips.length > 0) console.error("REQUIRE_TOOLS=1: nothing may be skipped.");
process.exit(tally.failed > 0 || tally.checked === 0 || (isStrict && skips.length > 0) ? 1 : 0);

async function look(kind: Kind): Promise<void> {
  const begun = performance.now();
  const { checked, skipped, failed } = await findingsOf(kind, root);
  for (const [what, reason] of skipped) skips.push(`${kind.name}: ${what}: ${reason}`);
  for (const [what, problem] of failed) console.error(`FAILED ${kind.name}: ${what}\n${problem}`);
  tally.checked += checked.length;
  tally.failed += failed.size;
  let caught = 0;
  // A check that fails already, or that had to be skipped, would say nothing about a fault.
  if (failed.size === 0 && checked.length > 0) caught = await plantAll(kind);
  const time = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(
    `${failed.size === 0 ? "ok    " : "FAILED"} ${kind.name}: ${checked.length} checked, ` +
      `${caught} of ${kind.plants.length} planted faults caught, ${skipped.size} skipped (${time} s)`,
  );
}

async function plantAll(kind: Kind): Promise<number> {
  let caught = 0;
  for (const plant of kind.plants) {
    const problem = await missed(kind, plant, root);
    if (problem === undefined) caught += 1;
    else {
      tally.failed += 1;
      console.error(`FAILED ${kind.name}: planted and not caught: ${plant.fault}: ${problem}`);
    }
  }
  tally.checked += caught;
  return caught;
}
