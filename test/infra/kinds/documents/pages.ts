import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The project's own root: what a plant's copy leaves out, such as src, is looked for here. */
export const project = new URL("../../../..", import.meta.url).pathname.replace(/\/$/, "");

export interface Page {
  /** From the root, such as docs/costs.md. */
  readonly path: string;
  readonly text: string;
}

/** Where a file of the project is: in `root`, or in the project if `root` has no such folder. */
export function placeOf(root: string, path: string): string {
  const [top = ""] = path.split("/");
  return existsSync(join(root, top)) ? join(root, path) : join(project, path);
}

export function isThere(root: string, path: string): boolean {
  return existsSync(placeOf(root, path));
}

export function pageOf(root: string, path: string): Page {
  return { path, text: readFileSync(placeOf(root, path), "utf8") };
}

const fences = /^```[\s\S]*?^```/gm;

/** Lines of code blocks, and what stands in single backquotes. */
export function codeIn({ text }: Page): readonly string[] {
  const blocks = [...text.matchAll(fences)].flatMap(([block]) => block.split("\n").slice(1, -1));
  const spans = [...text.replace(fences, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return [...blocks, ...spans].map((code) => code.trim());
}

/** Links of a page into the project that lead nowhere, and how many there are. */
export function linksOf(root: string, page: Page): { dead: readonly string[]; count: number } {
  const prose = page.text.replace(fences, "").replace(/`[^`]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  return { dead: targets.filter((target) => !leads(root, page, target)), count: targets.length };
}

function leads(root: string, page: Page, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
  if (path.startsWith("..") || !isThere(root, path)) return false;
  return anchor === undefined || anchorsOf(pageOf(root, path)).has(anchor);
}

/** Names of a page's headings, as GitHub makes them. */
function anchorsOf({ text }: Page): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, heading = ""] of text.replace(fences, "").matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let own = name;
    for (let again = 1; names.has(own); again++) own = `${name}-${again}`;
    names.add(own);
  }
  return names;
}
