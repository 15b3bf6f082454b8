import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../tally.ts";
import { run } from "../../tools.ts";
import { type Document, nameOf, type Render } from "./documents.ts";

const here = new URL("../..", import.meta.url).pathname;
const modules = join(here, "node_modules");
const tsc = join(here, "../../node_modules/typescript/bin/tsc");

const packages: Readonly<Record<string, string>> = {
  "external-secrets.io": "@kubernetes-models/external-secrets",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "networking.gke.io": "@kubernetes-models/gke",
};

// Planted faults change one document or two: what was good before is not asked about again.
const good = new Set<string>();

/** Types every document with tsc, which refuses unknown fields, and validates it, which knows patterns. */
export async function checkTypes(renders: readonly Render[], report: Report): Promise<void> {
  const asked = new Map<string, Document>();
  for (const { documents } of renders) {
    for (const document of documents) {
      const module = moduleOf(document);
      const text = JSON.stringify(document);
      if (!existsSync(join(modules, `${module}.js`))) {
        report.skipped(`${document.apiVersion} ${document.kind}`, "no types of it are published");
      } else if (!good.has(text)) {
        asked.set(text, document);
      }
    }
  }
  for (const document of asked.values()) await validate(document, report);
  const problems = compile([...asked.values()]);
  for (const [text, document] of asked) {
    const problem = problems.get(document);
    if (problem !== undefined) report.failed(`${nameOf(document)} by its type`, problem);
    else {
      good.add(text);
      report.checked(`${nameOf(document)} by its type`);
    }
  }
  if (asked.size === 0) report.checked("documents that are typed already");
}

function moduleOf({ apiVersion, kind }: Document): string {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  return `${packageOf(group, kind)}/${apiVersion}/${kind}`;
}

function packageOf(group: string, kind: string): string {
  if (group !== "argoproj.io") return packages[group] ?? "kubernetes-models";
  const isRollouts = /^(Rollout|Analysis|Experiment)/.test(kind);
  return `@kubernetes-models/${isRollouts ? "argo-rollouts" : "argo-cd"}`;
}

interface Model {
  validate(): void;
}

async function validate(document: Document, report: Report): Promise<void> {
  const found = (await import(join(modules, `${moduleOf(document)}.js`))) as Record<
    string,
    new (
      document: Document,
    ) => Model
  >;
  const model = found[document.kind];
  if (model === undefined) throw new Error(`${moduleOf(document)} has no ${document.kind}`);
  try {
    new model(document).validate();
  } catch (error) {
    report.failed(`${nameOf(document)} by its schema`, String(error));
  }
}

/** The complaints of tsc by document. */
function compile(documents: readonly Document[]): ReadonlyMap<Document, string> {
  const folder = mkdtempSync(join(tmpdir(), "banneton-types-"));
  try {
    symlinkSync(modules, join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const [index, document] of documents.entries()) {
      const type = `import type { I${document.kind} as Type } from "${moduleOf(document)}";`;
      const value = `export const it: Type = ${JSON.stringify(document)};`;
      writeFileSync(join(folder, `d${index}.ts`), `${type}\n${value}\n`);
    }
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"];
    const files = documents.map((_, index) => `d${index}.ts`);
    if (files.length === 0) return new Map();
    const { text } = run([tsc, ...flags, ...files], { cwd: folder });
    const problems = new Map<Document, string>();
    for (const [, index, problem] of text.matchAll(/^d(\d+)\.ts\S*: (.*(?:\n\s.*)*)/gm)) {
      const document = documents[Number(index)];
      if (document !== undefined) problems.set(document, problem ?? "");
    }
    if (problems.size === 0 && text.trim() !== "") throw new Error(text);
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
