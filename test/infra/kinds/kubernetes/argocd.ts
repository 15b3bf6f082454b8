import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../tally.ts";
import {
  at,
  type Document,
  documentsOf,
  isThere,
  listAt,
  nameOf,
  ofKind,
  type Render,
  render,
  textAt,
  type Value,
} from "./documents.ts";

/** The project allows what its applications bring and no more; each takes main, by itself, in order. */
export function checkArgo(root: string, environment: string, report: Report): Render {
  const apps = render(root, `argocd/${environment}`);
  const { documents } = apps;
  const [project] = ofKind(documents, "AppProject");
  for (const app of ofKind(documents, "Application")) {
    const path = textAt(app, "spec.source.path");
    const what = `${environment}: ${nameOf(app)}`;
    const problems = appProblems(app, project, environment);
    if (!isThere(root, path)) report.skipped(what, `${path} is not there`);
    else problems.push(...kindProblems(render(root, path).documents, project));
    if (problems.length === 0) report.checked(what);
    else report.failed(what, problems.join("\n"));
  }
  checkWaves(documents, environment, report);
  return apps;
}

function appProblems(app: Document, project: Value, environment: string): string[] {
  const problems: string[] = [];
  const repository = textAt(app, "spec.source.repoURL");
  if (!listAt(project, "spec.sourceRepos").includes(repository)) {
    problems.push(`${repository} is not a source of the project`);
  }
  const namespaces = listAt(project, "spec.destinations").map((each) => at(each, "namespace"));
  if (!namespaces.includes(at(app, "spec.destination.namespace"))) {
    problems.push("goes where the project does not let it");
  }
  if (!textAt(app, "spec.source.path").endsWith(`/${environment}`)) {
    problems.push("takes another environment");
  }
  if (at(app, "spec.source.targetRevision") !== "main") problems.push("does not take main");
  if (at(app, "spec.syncPolicy.automated.selfHeal") !== true) problems.push("does not heal itself");
  const options = listAt(app, "spec.syncPolicy.syncOptions");
  const ignores = listAt(app, "spec.ignoreDifferences").length > 0;
  if (ignores && !options.includes("RespectIgnoreDifferences=true")) {
    problems.push("would put the weights of a canary back");
  }
  return problems;
}

function kindProblems(documents: readonly Document[], project: Value): readonly string[] {
  const lists = ["clusterResourceWhitelist", "namespaceResourceWhitelist"];
  const allowed = new Set(
    lists
      .flatMap((list) => listAt(project, `spec.${list}`))
      .map((each) => `${textAt(each, "group")}/${textAt(each, "kind")}`),
  );
  if ([...allowed].some((each) => each.includes("*"))) return ["the project allows every kind"];
  const brought = documents.map(({ apiVersion, kind }) => {
    return `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`;
  });
  return [...new Set(brought)]
    .filter((kind) => !allowed.has(kind))
    .map((kind) => `the project does not allow ${kind}`);
}

const order = ["foundation", "monitoring", "web"];

function checkWaves(documents: readonly Document[], environment: string, report: Report): void {
  const wave = (name: string) => {
    const app = documents.find((each) => nameOf(each) === `Application/${name}`);
    const annotations = at(app, "metadata.annotations") as Record<string, string> | undefined;
    return Number(annotations?.["argocd.argoproj.io/sync-wave"]);
  };
  const waves = order.map(wave);
  const isRising = waves.every((each, index) => index === 0 || (waves[index - 1] ?? 0) < each);
  if (isRising) report.checked(`${environment}: order of the applications`);
  else report.failed(`${environment}: order`, `${order.join(", ")} have waves ${waves.join(", ")}`);
}

/** The example is in no kustomization, as nobody applies it. */
export function exampleOf(root: string): Render {
  const folder = "argocd/companies.yaml";
  return { folder, documents: documentsOf(readFileSync(join(root, folder), "utf8")) };
}
