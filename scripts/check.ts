// bun run check: format, lint, types, architecture, unused code. No database.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, project } from "./install.ts";

ensureInstalled();

const tool = (path: string) => join(project, "node_modules", path);
const checks = [
  { name: "format and lint", args: ["x", "--bun", "biome", "ci", "--max-diagnostics=40", "."] },
  { name: "types", args: [tool("typescript/bin/tsc"), "--noEmit"] },
  { name: "architecture", args: ["test", "test/architecture.test.ts"] },
  { name: "unused code", args: [tool("knip/bin/knip.js")] },
];

const results = await Promise.all(checks.map(({ name, args }) => run(name, args)));
process.exit(results.every((isGood) => isGood) ? 0 : 1);

async function run(name: string, args: readonly string[]): Promise<boolean> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  const code = await new Promise<number>((done) => {
    child.once("close", (status) => done(status ?? 1));
  });
  const isGood = code === 0;
  if (!isGood) console.error(output);
  const time = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${isGood ? "ok    " : "FAILED"} ${name} (${time} s)`);
  return isGood;
}
