import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { run } from "../../tools.ts";

/** What policies look at: a tree of YAML whose shape the types of Kubernetes check elsewhere. */
export interface Tree {
  readonly [name: string]: Value;
}
export type Value = string | number | boolean | null | undefined | readonly Value[] | Tree;

export interface Document extends Tree {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One folder that kustomize builds, and what came of it. */
export interface Render {
  readonly folder: string;
  readonly documents: readonly Document[];
}

const rendered = new Map<string, Render>();

/** What kustomize makes of a folder; asked once, as nothing changes below a root while it is checked. */
export function render(root: string, folder: string): Render {
  const key = join(root, folder);
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const { code, text, stdout } = run(["kubectl", "kustomize", join(root, folder)]);
  if (code !== 0) throw new Error(`${folder} cannot be rendered: ${text}`);
  const fresh = { folder, documents: documentsOf(stdout) };
  rendered.set(key, fresh);
  return fresh;
}

export function documentsOf(text: string): readonly Document[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Document | null)
    .filter((document) => document !== null);
}

export function isThere(root: string, folder: string): boolean {
  return existsSync(join(root, folder, "kustomization.yaml"));
}

/** The value at a path such as `spec.template.spec`; undefined where there is none. */
export function at(tree: Value, path: string): Value {
  let value = tree;
  for (const name of path.split(".")) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Tree)[name];
  }
  return value;
}

export function textAt(tree: Value, path: string): string {
  const value = at(tree, path);
  return typeof value === "string" ? value : "";
}

export function listAt(tree: Value, path: string): readonly Value[] {
  const value = at(tree, path);
  return Array.isArray(value) ? value : [];
}

export function nameOf(document: Document): string {
  return `${document.kind}/${textAt(document, "metadata.name")}`;
}

export function ofKind(documents: readonly Document[], kind: string): readonly Document[] {
  return documents.filter((document) => document.kind === kind);
}

/** All that run pods: they have a template. */
export function workloads(documents: readonly Document[]): readonly Document[] {
  return documents.filter(
    (document) => at(document, "spec.template.spec.containers") !== undefined,
  );
}

/** Whether labels are what a selector by labels asks for. */
export function isSelected(selector: Value, labels: Value): boolean {
  const wanted = Object.entries((selector ?? {}) as Tree);
  return wanted.every(([name, value]) => (labels as Tree | undefined)?.[name] === value);
}
