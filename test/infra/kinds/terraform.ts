import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind, Report } from "../tally.ts";
import { commandOf, run } from "../tools.ts";
import { openTerraform, type Terraform } from "./terraform/cli.ts";
import { plannedOf } from "./terraform/plan.ts";
import { plants } from "./terraform/plants.ts";
import { rules } from "./terraform/rules.ts";
import { exampleFolder, typesOf, type Unit, unitsOf } from "./terraform/units.ts";

interface Outcome {
  readonly checked: string[];
  readonly problems: string[];
}

const known = new Map<string, Outcome>();

/** Every module tested, every environment planned, by the real Terraform; rules over the plans. */
export const terraform: Kind = {
  name: "terraform",
  async check(root, report) {
    const command = commandOf("terraform");
    if (command === undefined) report.skipped("terraform", "it is not here");
    else if (existsSync(join(root, "terraform"))) await checkAll(command, root, report);
    else report.failed("terraform", "there is no such folder");
  },
  plants,
};

async function checkAll(command: string, root: string, report: Report): Promise<void> {
  const format = run([command, "fmt", "-check", "-recursive", join(root, "terraform")]);
  if (format.code === 0) report.checked("terraform fmt");
  else report.failed("terraform fmt", format.text);
  const staged = stage(root);
  try {
    const cli = await openTerraform(command, typesOf(staged));
    for (const unit of unitsOf(staged)) tell(unit, outcomeOf(unit, staged, root, cli), report);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** A copy to run in, as Terraform writes where it runs; environments keep their state beside them. */
function stage(root: string): string {
  const staged = mkdtempSync(join(tmpdir(), "banneton-terraform-"));
  const filter = (path: string) => !path.includes(".terraform");
  for (const folder of ["terraform", "systemd"]) {
    cpSync(join(root, folder), join(staged, folder), { recursive: true, filter });
  }
  cpSync(join(import.meta.dir, "terraform/example"), join(staged, exampleFolder), {
    recursive: true,
  });
  return staged;
}

function outcomeOf(unit: Unit, staged: string, root: string, cli: Terraform): Outcome {
  const outcome = known.get(unit.hash) ?? look(unit, staged, root, cli);
  known.set(unit.hash, outcome);
  return outcome;
}

function tell({ folder }: Unit, { checked, problems }: Outcome, report: Report): void {
  for (const line of checked) report.checked(`${folder}: ${line}`);
  for (const problem of problems) report.failed(folder, problem);
}

function look(unit: Unit, staged: string, root: string, cli: Terraform): Outcome {
  const folder = join(staged, unit.folder);
  const outcome: Outcome = { checked: [], problems: [] };
  if (unit.isRoot) {
    writeFileSync(join(folder, "backend_override.tf"), 'terraform {\n  backend "local" {}\n}\n');
  }
  const isRight = (what: string, ...args: readonly string[]) => {
    const { code, text } = cli(folder, ...args, "-no-color");
    if (code === 0) outcome.checked.push(what);
    else outcome.problems.push(`${what}: ${text}`);
    return code === 0;
  };
  if (!isRight("initialised", "init", "-input=false")) return outcome;
  // Both of the others begin with what `validate` does.
  const isTested = existsSync(join(folder, "tests"));
  if (isTested) isRight("tested", "test");
  else if (!unit.isRoot) isRight("valid", "validate");
  if (unit.isRoot && isRight("planned", "plan", "-input=false", "-out=plan")) {
    judge(cli(folder, "show", "-json", "plan").stdout, root, outcome);
  }
  return outcome;
}

function judge(planJson: string, root: string, outcome: Outcome): void {
  const resources = plannedOf(planJson);
  for (const [name, rule] of Object.entries(rules)) {
    const problems = rule(resources, root);
    if (problems.length === 0) outcome.checked.push(name);
    else outcome.problems.push(`${name}: ${problems.join("; ")}`);
  }
}
