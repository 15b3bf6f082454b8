import { at, type Document, listAt, nameOf, type Tree, textAt, workloads } from "./documents.ts";

const marker = "PIN_ME";
const user = 65532;

/** Pod Security "restricted" and what we ask beyond it; the problems of each workload. */
export function podProblems(documents: readonly Document[]): readonly string[] {
  return workloads(documents).flatMap((document) => {
    const spec = at(document, "spec.template.spec");
    const problems = [...podsOwn(spec)];
    const containers = listAt(spec, "containers");
    if (containers.length === 0) problems.push("has no containers");
    for (const container of [...containers, ...listAt(spec, "initContainers")]) {
      const name = textAt(container, "name");
      problems.push(...containerProblems(container as Tree).map((each) => `${name} ${each}`));
    }
    return problems.map((problem) => `${nameOf(document)}: ${problem}`);
  });
}

function podsOwn(spec: Tree[string]): readonly string[] {
  const problems: string[] = [];
  for (const name of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (at(spec, name) === true) problems.push(`uses ${name}`);
  }
  if (listAt(spec, "volumes").some((volume) => at(volume, "hostPath") !== undefined)) {
    problems.push("mounts a hostPath");
  }
  if (at(spec, "automountServiceAccountToken") !== false) problems.push("mounts a token");
  if (at(spec, "securityContext.runAsNonRoot") !== true) problems.push("may run as root");
  if (at(spec, "securityContext.runAsUser") !== user) problems.push(`does not run as ${user}`);
  if (at(spec, "securityContext.seccompProfile.type") !== "RuntimeDefault") {
    problems.push("has no seccomp profile RuntimeDefault");
  }
  return problems;
}

function containerProblems(container: Tree): readonly string[] {
  const problems: string[] = [];
  const context = container["securityContext"];
  if (at(context, "allowPrivilegeEscalation") !== false) problems.push("may escalate privileges");
  if (at(context, "privileged") === true) problems.push("is privileged");
  if (at(context, "readOnlyRootFilesystem") !== true) problems.push("can write to its root");
  if (!listAt(context, "capabilities.drop").includes("ALL")) problems.push("does not drop ALL");
  for (const needed of ["requests.cpu", "requests.memory", "limits.memory"]) {
    if (at(container, `resources.${needed}`) === undefined) problems.push(`has no ${needed}`);
  }
  const image = textAt(container, "image");
  if (!new RegExp(`^[^:@]+@sha256:([0-9a-f]{64}|${marker})$`).test(image)) {
    problems.push(`has an image not by digest alone: ${image}`);
  }
  return problems;
}

/** Images whose digest is still the marker. */
export function unpinned(documents: readonly Document[]): readonly string[] {
  return workloads(documents)
    .flatMap((document) => listAt(document, "spec.template.spec.containers"))
    .map((container) => textAt(container, "image"))
    .filter((image) => image.endsWith(marker));
}
