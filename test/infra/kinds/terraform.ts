import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind, Report } from "../tally.ts";
import { commandOf, run } from "../tools.ts";
import { openTerraform, type Terraform } from "./terraform/cli.ts";
import { plannedOf } from "./terraform/plan.ts";
import { plants } from "./terraform/plants.ts";
import { foundationPlants } from "./terraform/plants-foundation.ts";
import { rules } from "./terraform/rules.ts";
import { environmentRules } from "./terraform/rules-environment.ts";
import { foundationRules } from "./terraform/rules-foundation.ts";
import { typesOf, type Unit, unitsOf } from "./terraform/units.ts";

interface Outcome {
  readonly checked: string[];
  readonly problems: string[];
}

const all = { ...rules, ...environmentRules, ...foundationRules };
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
  plants: [...plants, ...foundationPlants],
};

async function checkAll(command: string, root: string, report: Report): Promise<void> {
  const format = run([command, "fmt", "-check", "-recursive", join(root, "terraform")]);
  if (format.code === 0) report.checked("terraform fmt");
  else report.failed("terraform fmt", format.text);
  const staged = stage(root);
  try {
    const cli = await openTerraform(command, typesOf(staged));
    const units = unitsOf(staged);
    const waiting = [...units];
    const work = async () => {
      for (let unit = waiting.pop(); unit !== undefined; unit = waiting.pop()) {
        known.set(unit.hash, known.get(unit.hash) ?? (await look(unit, staged, root, cli)));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    for (const unit of units) tell(unit, known.get(unit.hash), report);
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
  return staged;
}

function tell({ folder }: Unit, outcome: Outcome | undefined, report: Report): void {
  for (const line of outcome?.checked ?? []) report.checked(`${folder}: ${line}`);
  for (const problem of outcome?.problems ?? []) report.failed(folder, problem);
}

async function look(unit: Unit, staged: string, root: string, cli: Terraform): Promise<Outcome> {
  const folder = join(staged, unit.folder);
  const outcome: Outcome = { checked: [], problems: [] };
  if (unit.isRoot) {
    writeFileSync(join(folder, "backend_override.tf"), 'terraform {\n  backend "local" {}\n}\n');
  }
  const isRight = async (what: string, ...args: readonly string[]) => {
    const { code, text } = await cli(folder, ...args, "-no-color");
    if (code === 0) outcome.checked.push(what);
    else outcome.problems.push(`${what}: ${text}`);
    return code === 0;
  };
  if (!(await isRight("initialised", "init", "-input=false"))) return outcome;
  // Both of the others begin with what `validate` does.
  const isTested = existsSync(join(folder, "tests"));
  if (isTested) await isRight("tested", "test");
  else if (!unit.isRoot) await isRight("valid", "validate");
  if (unit.isRoot && (await isRight("planned", "plan", "-input=false", "-out=plan"))) {
    const { stdout } = await cli(folder, "show", "-json", "plan");
    judge(stdout, root, outcome);
  }
  return outcome;
}

function judge(planJson: string, root: string, outcome: Outcome): void {
  const resources = plannedOf(planJson);
  for (const [name, rule] of Object.entries(all)) {
    const problems = rule(resources, root);
    if (problems.length === 0) outcome.checked.push(name);
    else outcome.problems.push(`${name}: ${problems.join("; ")}`);
  }
}
