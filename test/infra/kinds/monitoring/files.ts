import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

export const place = "kustomize/monitoring";

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function filesOf(root: string, folder: string, end: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name))
    .sort();
}

export function rulesOf(root: string): Rule[] {
  return filesOf(root, `${place}/base/rules`, ".yaml").flatMap((path) => {
    const { groups } = parse(readFileSync(join(root, path), "utf8")) as {
      groups: { rules: Rule[] }[];
    };
    return groups.flatMap(({ rules }) => rules);
  });
}

/** An expression with the place it stands at. */
export interface Expression {
  readonly where: string;
  readonly text: string;
}

export function panelsOf(root: string): Expression[] {
  return filesOf(root, `${place}/base/dashboards`, ".json").flatMap((path) => {
    const { panels } = JSON.parse(readFileSync(join(root, path), "utf8")) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ where: `${path}: ${title}`, text: expr })),
    );
  });
}

/** What decides about a canary. */
export function analysesOf(root: string): Expression[] {
  return filesOf(root, "kustomize/base", ".yaml").flatMap((path) =>
    parseAllDocuments(readFileSync(join(root, path), "utf8")).flatMap((document) => {
      const template = document.toJS() as {
        kind?: string;
        spec?: { metrics?: { name: string; provider?: { prometheus?: { query?: string } } }[] };
      } | null;
      if (!template?.kind?.endsWith("AnalysisTemplate")) return [];
      return (template.spec?.metrics ?? []).flatMap(({ name, provider }) => {
        // What a rollout fills in is a word.
        const text = provider?.prometheus?.query?.replace(/\{\{[^}]*\}\}/g, "x");
        return text === undefined ? [] : [{ where: `${path}: ${name}`, text }];
      });
    }),
  );
}

export function kebab(name: string): string {
  return name.replace(/(?<!^)(?=[A-Z])/g, "-").toLowerCase();
}
