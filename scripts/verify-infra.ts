// bun run verify:infra: checks of the deployment, whose packages are large and installed on demand.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, project } from "./install.ts";

ensureInstalled();
ensureInstalled(join(project, "test/infra"));

const { status } = spawnSync(
  process.execPath,
  [join(project, "test/infra/main.ts"), ...process.argv.slice(2)],
  { cwd: project, stdio: "inherit" },
);
process.exit(status ?? 1);
