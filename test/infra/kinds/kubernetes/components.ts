import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument, type YAMLSeq } from "yaml";
import { type Render, render } from "./documents.ts";

/** What an overlay says itself when it takes a component. */
const literals: Readonly<Record<string, string>> = {
  "google-sign-in": "GOOGLE_CLIENT_ID=1234567890-example.apps.googleusercontent.com",
};

/** An environment as it is with every component, each beside the foundation's of the same name. */
export function withComponents(
  root: string,
  environment: string,
): { readonly web: Render; readonly foundation: Render } {
  const copy = mkdtempSync(join(tmpdir(), "banneton-components-"));
  const components = readdirSync(join(root, "kustomize/components")).toSorted();
  const built = (folder: string): Render => {
    return { ...render(copy, folder), folder: `${folder} with ${components.join(", ")}` };
  };
  try {
    cpSync(join(root, "kustomize"), join(copy, "kustomize"), { recursive: true });
    const [web, foundation] = ["overlays", "foundation"].map(
      (layer) => `kustomize/${layer}/${environment}`,
    ) as [string, string];
    for (const component of components) {
      add(copy, web, ["components"], `../../components/${component}`);
      add(copy, foundation, ["components"], `../components/${component}`);
      const literal = literals[component];
      if (literal !== undefined) add(copy, web, ["configMapGenerator", 0, "literals"], literal);
    }
    return { web: built(web), foundation: built(foundation) };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Adds a line to a list of a kustomization, unless a line of that name is in it already. */
function add(root: string, folder: string, path: readonly (string | number)[], line: string): void {
  const file = join(root, folder, "kustomization.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  if (!document.hasIn(path)) document.setIn(path, document.createNode([]));
  const list = document.getIn(path) as YAMLSeq;
  const [name = ""] = line.split("=");
  if (list.items.some((item) => String(item).split("=")[0] === name)) return;
  list.add(document.createNode(line));
  writeFileSync(file, String(document));
}
