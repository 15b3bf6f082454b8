import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind, Report } from "../tally.ts";
import { workflowsOf } from "./workflows/files.ts";
import { gateProblems } from "./workflows/gates.ts";
import { lintProblems } from "./workflows/lint.ts";
import { dependabotProblems, ownersProblems } from "./workflows/owners.ts";
import { plants } from "./workflows/plants.ts";
import { rightsProblems } from "./workflows/rights.ts";
import { callProblems, stepProblems, waitingActions } from "./workflows/steps.ts";
import { table } from "./workflows/table.ts";

const project = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

export const workflows: Kind = {
  name: "workflows",
  async check(root, report) {
    const found = workflowsOf(root);
    const missing = Object.keys(table).filter((name) => !found.some((each) => each.name === name));
    settle("every workflow is there", missing, report);
    const commands = commandsOfPipeline();
    for (const workflow of found) {
      const { path } = workflow;
      settle(`${path}: form`, await lintProblems(workflow), report);
      settle(`${path}: rights`, rightsProblems(workflow), report);
      settle(`${path}: steps`, stepProblems(workflow), report);
      settle(`${path}: scripts`, callProblems(root, workflow), report);
      settle(`${path}: gates`, gateProblems(workflow, commands), report);
      for (const uses of waitingActions(workflow)) {
        report.skipped(`${path}: ${uses}`, "its commit is looked up by scripts/pin.ts");
      }
    }
    settle(".github/CODEOWNERS", ownersProblems(root), report);
    settle(".github/dependabot.yml", dependabotProblems(root), report);
  },
  plants,
};

function settle(what: string, problems: readonly string[], report: Report): void {
  if (problems.length === 0) report.checked(what);
  else report.failed(what, problems.join("\n"));
}

/** What the pipeline runs on a desk: `run check` and `run test`. */
function commandsOfPipeline(): readonly string[] {
  const text = readFileSync(join(project, ".ci/run"), "utf8");
  return [...text.matchAll(/"\$bun" (run \S+)/g)].map(([, command = ""]) => command);
}
