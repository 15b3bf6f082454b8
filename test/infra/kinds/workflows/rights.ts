import { stepsOf, type Workflow } from "./files.ts";
import { table } from "./table.ts";

/** Rights, identities, environments and limits of a workflow against the table. */
export function rightsProblems(workflow: Workflow): readonly string[] {
  const rights = table[workflow.name];
  if (rights === undefined) return ["is not in the table of workflows"];
  const problems: string[] = [];
  const triggers = Object.keys(workflow.on);
  if (!Bun.deepEquals(triggers, rights.triggers)) problems.push(`is triggered by ${triggers}`);
  if (!Bun.deepEquals(workflow.permissions, {})) problems.push("does not begin at permissions: {}");
  if (workflow.concurrency?.group === undefined) problems.push("has no concurrency group");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const say = (problem: string) => problems.push(`${name} ${problem}`);
    if (!Bun.deepEquals(job.permissions, rights.jobs[name])) {
      say(`has the permissions ${JSON.stringify(job.permissions)}`);
    }
    if (!(Number(job["timeout-minutes"]) <= 60)) say("has no timeout of an hour or less");
    if (job.environment !== rights.environments?.[name]) {
      say(`runs in the environment ${job.environment}`);
    }
    const isCloud = job.steps.some(({ uses }) => uses?.startsWith("google-github-actions/auth@"));
    if ((job.permissions?.["id-token"] === "write") !== isCloud) {
      say("may ask for an identity and asks for none, or the other way round");
    }
  }
  return [...problems, ...identityProblems(workflow, rights.identity)];
}

function identityProblems(workflow: Workflow, identity: string | undefined): readonly string[] {
  const problems: string[] = [];
  for (const { job, step } of stepsOf(workflow)) {
    if (!step.uses?.startsWith("google-github-actions/auth@")) continue;
    const account = String(step.with?.["service_account"]);
    const found = /^banneton-([a-z]+)@\$\{\{ [\w.]+ \}\}\.iam\.gserviceaccount\.com$/.exec(account);
    if (found?.[1] !== identity) problems.push(`${job} is ${account} in the cloud`);
    if (step.with?.["workload_identity_provider"] === undefined) {
      problems.push(`${job} does not come by workload identity`);
    }
  }
  if (/credentials_json|service_account_key|GOOGLE_CREDENTIALS/i.test(workflow.text)) {
    problems.push("has a key of an account");
  }
  return problems;
}
