import type { Kind, Report } from "../tally.ts";
import { commandOf } from "../tools.ts";
import { checkArgo, exampleOf } from "./kubernetes/argocd.ts";
import { withComponents } from "./kubernetes/components.ts";
import { type Render, render } from "./kubernetes/documents.ts";
import { plants } from "./kubernetes/plants.ts";
import { podProblems, unpinned } from "./kubernetes/pods.ts";
import { environmentProblems, orderProblems, referenceProblems } from "./kubernetes/references.ts";
import { secretProblems } from "./kubernetes/secrets.ts";
import { trafficProblems } from "./kubernetes/traffic.ts";
import { checkTypes } from "./kubernetes/types.ts";

const environments = ["dev", "prod"];

export const kubernetes: Kind = {
  name: "kubernetes",
  async check(root, report) {
    if (commandOf("kubectl", "kubernetes-client") === undefined) {
      report.skipped("every overlay", "kubectl, which renders kustomize, is not installed");
      return;
    }
    const renders: Render[] = [exampleOf(root)];
    for (const environment of environments) {
      const web = render(root, `kustomize/overlays/${environment}`);
      const foundation = render(root, `kustomize/foundation/${environment}`);
      checkPolicies(web, foundation, report);
      skipUnpinned(web, report);
      checkSecrets(root, environment, foundation, report);
      renders.push(web, foundation, checkArgo(root, environment, report));
    }
    const { web, foundation } = withComponents(root, "prod");
    checkPolicies(web, foundation, report);
    checkSecrets(root, "prod", foundation, report);
    renders.push(web, foundation);
    await checkTypes(renders, report);
  },
  plants,
};

function checkSecrets(root: string, environment: string, foundation: Render, report: Report): void {
  const monitoring = render(root, `kustomize/monitoring/${environment}`);
  const all = [...foundation.documents, ...monitoring.documents];
  const problems = secretProblems(root, environment, all);
  if (problems.length === 0)
    report.checked(`${foundation.folder}: secrets are those that Terraform grants`);
  else report.failed(`${foundation.folder}: secrets`, problems.join("\n"));
}

function checkPolicies(web: Render, foundation: Render, report: Report): void {
  const [own, base] = [web.documents, foundation.documents];
  const policies = {
    pods: podProblems(own),
    traffic: trafficProblems(own, base),
    references: referenceProblems(own, base),
    environment: environmentProblems(own, base),
    order: orderProblems(own),
  };
  for (const [policy, problems] of Object.entries(policies)) {
    if (problems.length === 0) report.checked(`${web.folder}: ${policy}`);
    else report.failed(`${web.folder}: ${policy}`, problems.join("\n"));
  }
}

function skipUnpinned(web: Render, report: Report): void {
  for (const image of new Set(unpinned(web.documents))) {
    report.skipped(`${web.folder}: digest of ${image}`, "the first release writes it");
  }
}
