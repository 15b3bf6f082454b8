// bun scripts/plan-comment.ts: a plan of Terraform as a comment that fits.
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Misuse, main, Refusal, required } from "./shipping/refusal.ts";

const help = `Prints a plan as Markdown for a pull request's comment:

  bun scripts/plan-comment.ts --environment <dev|prod> --plan <file>

  --environment <name>  dev or prod
  --plan <file>         what terraform show -no-color said of the plan
  --help                this text

Exit codes: 0 printed, 1 no such file, 64 wrong options.`;

// GitHub takes 65,536 characters; the frame needs a few of them.
const charactersMax = 60_000;

await main(help, () => {
  const { values } = parseArgs({
    options: { environment: { type: "string" }, plan: { type: "string" } },
  });
  const environment = required(values.environment, "environment");
  if (!/^[a-z]+$/.test(environment)) throw new Misuse(`${environment} is no environment.`);
  const file = required(values.plan, "plan");
  if (!existsSync(file)) throw new Refusal(`${file} is not there`);
  // A plan that holds a fence of its own must not end ours.
  const plan = readFileSync(file, "utf8").trim().replaceAll("```", "'''");
  const summary = /^(?:Plan: .*|No changes\..*)$/m.exec(plan)?.[0] ?? "No summary.";
  const isLong = plan.length > charactersMax;
  const shown = isLong ? `${plan.slice(0, charactersMax)}\n… the job's log has the rest` : plan;
  console.log(`### ${environment}: ${summary}\n\n<details><summary>The whole plan</summary>\n`);
  console.log(`\`\`\`\n${shown}\n\`\`\`\n\n</details>`);
});
