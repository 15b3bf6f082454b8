import { expression, type Job, needsOf, type Step, type Workflow } from "./files.ts";

/** The order that a release and a promotion keep, and what stands before main. */
export function gateProblems(workflow: Workflow, commands: readonly string[]): readonly string[] {
  if (workflow.name === "ci") return ciProblems(workflow, commands);
  if (workflow.name === "release") return releaseProblems(workflow);
  if (workflow.name === "promote") return promotionProblems(workflow);
  if (workflow.name === "terraform-apply") return applyProblems(workflow);
  return [];
}

function jobOf({ jobs }: Workflow, name: string): Job {
  return jobs[name] ?? { steps: [] };
}

function at(job: Job, isIt: (step: Step) => boolean): number {
  return job.steps.findIndex(isIt);
}

const runs = (text: string) => (step: Step) => step.run?.includes(text) === true;
const uses = (name: string) => (step: Step) => step.uses?.startsWith(`${name}@`) === true;

function ciProblems(workflow: Workflow, commands: readonly string[]): readonly string[] {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const problems = commands
    .filter((command) => !steps.some((step) => step.run === `bun ${command}`))
    .map((command) => `does not call ${command}, as .ci/run does`);
  if (jobOf(workflow, "test").env?.["REQUIRE_TOOLS"] !== "1") {
    problems.push("test lets checks be skipped: REQUIRE_TOOLS is not 1");
  }
  for (const { with: given } of steps.filter(uses("docker/build-push-action"))) {
    if (given?.["push"] !== false) problems.push("image is pushed");
  }
  return problems;
}

function releaseProblems(workflow: Workflow): readonly string[] {
  const build = jobOf(workflow, "build");
  const order: readonly (readonly [string, number])[] = [
    ["the check of markers", at(build, runs("pin.ts --check"))],
    ["the build of the image", at(build, uses("docker/build-push-action"))],
    ["the manifest", at(build, runs("release-manifest.ts"))],
    ["the signature", at(build, runs("cosign sign"))],
    ["the provenance", at(build, uses("actions/attest-build-provenance"))],
    ["the upload", at(build, runs("gcloud storage cp"))],
  ];
  const problems = order.flatMap(([what, place], index) => {
    const before = order[index - 1];
    if (place === -1) return [`has no step for ${what}`];
    return before !== undefined && before[1] > place ? [`${what} comes before ${before[0]}`] : [];
  });
  const image = build.steps.find(uses("docker/build-push-action"))?.with;
  if (image?.["sbom"] !== true) problems.push("build makes no SBOM");
  if (image?.["provenance"] !== "mode=max") problems.push("build makes no whole provenance");
  const attested = build.steps
    .filter(uses("actions/attest-build-provenance"))
    .map((step) => step.with);
  if (!attested.some((given) => String(given?.["subject-path"]).includes("release/"))) {
    problems.push("nothing vouches for the manifest");
  }
  const told = build.steps.find((step) => step.run === "bun run build")?.env?.["RELEASE"];
  if (told !== expression("github.sha")) problems.push("the worker is not told its commit");
  if (build.environment !== undefined) problems.push("build is bound to an environment");
  return [...problems, ...promotionProblems(workflow)];
}

function promotionProblems(workflow: Workflow): readonly string[] {
  const problems: string[] = [];
  const verify = jobOf(workflow, "verify");
  const promote = jobOf(workflow, "promote");
  if (at(verify, runs("verify-release.ts")) === -1) problems.push("verify verifies nothing");
  if (!needsOf(promote).includes("verify")) problems.push("promote does not wait for verify");
  const isAfterBuild = needsOf(verify).includes("build");
  if (workflow.name === "release" && !isAfterBuild) problems.push("verify does not wait for build");
  const step = promote.steps.find(runs("promote.ts"));
  if (step?.env?.["DIGEST"] !== expression("needs.verify.outputs.digest")) {
    problems.push("promote is not told what verify said");
  }
  if (at(promote, uses("actions/create-github-app-token")) === -1) {
    problems.push("promote has no token of its own");
  }
  return problems;
}

function applyProblems(workflow: Workflow): readonly string[] {
  const prod = jobOf(workflow, "prod");
  return needsOf(prod).includes("dev") ? [] : ["prod does not wait for dev"];
}
