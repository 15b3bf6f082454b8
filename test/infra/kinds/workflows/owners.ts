import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { parse } from "yaml";

const project = new URL("../../../..", import.meta.url).pathname.replace(/\/$/, "");

/** CODEOWNERS names places that are there, and for each of them teams. */
export function ownersProblems(root: string): readonly string[] {
  const lines = readFileSync(join(root, ".github/CODEOWNERS"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const problems = lines.flatMap((line) => {
    const [pattern = "", ...owners] = line.split(/\s+/);
    const isTeams =
      owners.length > 0 && owners.every((each) => /^@[a-z0-9-]+\/[a-z0-9-]+$/.test(each));
    // The first release makes its folder.
    const isThere = ["*", "/release/"].includes(pattern) || existsSync(join(project, pattern));
    return [
      ...(isTeams ? [] : [`${pattern} has no team`]),
      ...(isThere ? [] : [`${pattern} is not there`]),
    ];
  });
  for (const owned of ["*", "/.github/", "/release/", "/kustomize/overlays/prod/"]) {
    if (!lines.some((line) => line.startsWith(`${owned} `))) problems.push(`nobody owns ${owned}`);
  }
  return problems;
}

interface Update {
  readonly "package-ecosystem": string;
  readonly directory?: string;
  readonly directories?: readonly string[];
}

const manifests: Readonly<Record<string, string>> = {
  bun: "bun.lock",
  "github-actions": ".github/workflows/*.yml",
  docker: "Dockerfile",
  "docker-compose": "compose.yaml",
  terraform: "*.tf",
  pip: "requirements.txt",
};

/** Dependabot looks at each kind of package, where there are some. */
export function dependabotProblems(root: string): readonly string[] {
  const text = readFileSync(join(root, ".github/dependabot.yml"), "utf8");
  const { updates } = parse(text) as { readonly updates: readonly Update[] };
  const kinds = updates.map((each) => each["package-ecosystem"]);
  const missing = Object.keys(manifests).filter((kind) => !kinds.includes(kind));
  return [
    ...missing.map((kind) => `nobody looks after ${kind}`),
    ...updates.flatMap((update) => {
      const kind = update["package-ecosystem"];
      const folders = update.directories ?? [update.directory ?? ""];
      return folders
        .map((folder) => `${folder}/${manifests[kind] ?? "nothing"}`.replace(/^\/+/, ""))
        .filter(
          (pattern) => [...new Glob(pattern).scanSync({ cwd: project, dot: true })].length === 0,
        )
        .map((pattern) => `${kind} has nothing at ${pattern}`);
    }),
  ];
}
