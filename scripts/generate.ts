// bun run generate [-- --name add_tills [--custom]]: migrations, then every file made from the code.
import { spawnSync } from "node:child_process";
import { ensureInstalled, project } from "./install.ts";

ensureInstalled();

run(["scripts/generate-migrations.ts", ...process.argv.slice(2)]);
run(["scripts/generate-env.ts"]);
run(["scripts/generate-openapi.ts"]);
run(["scripts/generate-roles.ts"]);

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: project, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
