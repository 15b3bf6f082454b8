import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument, type YAMLSeq } from "yaml";
import { type Render, render } from "./documents.ts";

const component = "google-sign-in";
const clientId = "GOOGLE_CLIENT_ID=1234567890-example.apps.googleusercontent.com";

/** An environment as it is once people sign in with Google, which takes a client of Google's. */
export function withGoogle(
  root: string,
  environment: string,
): { readonly web: Render; readonly foundation: Render } {
  const copy = mkdtempSync(join(tmpdir(), "banneton-components-"));
  const built = (folder: string): Render => {
    return { ...render(copy, folder), folder: `${folder} with ${component}` };
  };
  try {
    cpSync(join(root, "kustomize"), join(copy, "kustomize"), { recursive: true });
    const [web, foundation] = ["overlays", "foundation"].map(
      (layer) => `kustomize/${layer}/${environment}`,
    ) as [string, string];
    add(copy, web, ["components"], `../../components/${component}`);
    add(copy, web, ["configMapGenerator", 0, "literals"], clientId);
    add(copy, foundation, ["components"], `../components/${component}`);
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
