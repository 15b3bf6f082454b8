// Installs if need be, then runs the command line: `bun scripts/banneton.ts start`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, project } from "./install.ts";
import { findLaunchers, isAlive } from "./launchers.ts";

ensureInstalled();

const given = process.argv.slice(2);
const flags = given[0] === "--watch" ? ["--watch"] : [];
const main = join(project, "src/cli/main.ts");
const child = spawn(process.execPath, [...flags, main, ...given.slice(flags.length)], {
  stdio: "inherit",
  env: { ...process.env, BANNETON_LAUNCHER: String(process.pid) },
});

// A terminal sends Ctrl-C to the child as well: it takes signals that come together for one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => child.kill(signal));
}

const launchers = findLaunchers();
const watch = setInterval(() => {
  if (launchers.every(isAlive)) return;
  clearInterval(watch);
  child.kill("SIGTERM");
}, 300);

child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 1);
});
