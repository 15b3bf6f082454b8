import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceIn } from "../plant.ts";
import type { Kind, Report } from "../tally.ts";
import { isCommand, problemWith } from "./documents/commands.ts";
import { codeIn, isThere, linksOf, type Page, pageOf } from "./documents/pages.ts";

const pages = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md"];
// What people type from these, they type in a hurry.
const instructions = /^docs\/(?:runbooks\/.*|first-deploy|platforms)\.md$/;

/** Links lead somewhere, commands exist, every alert has its runbook and every runbook its link. */
export const documents: Kind = {
  name: "documents",
  check(root, report) {
    for (const page of pagesOf(root)) {
      checkLinks(root, page, report);
      if (instructions.test(page.path)) checkCommands(root, page, report);
    }
    checkRunbooks(root, report);
  },
  plants: [
    {
      fault: "a link to a page that is not there",
      plant: (root) => replaceIn(root, "docs/costs.md", "runbooks/scale-out.md", "runbooks/out.md"),
      caught: /docs\/costs\.md: .*runbooks\/out\.md/,
    },
    {
      fault: "a link to a heading that has another name",
      plant: (root) => replaceIn(root, "docs/first-deploy.md", "### Database logins", "### Logins"),
      caught: /#database-logins/,
    },
    {
      fault: "a command that was renamed",
      plant: (root) =>
        replaceIn(root, "docs/runbooks/rollback.md", "`banneton verify`", "`banneton prove`"),
      caught: /banneton knows no prove/,
    },
    {
      fault: "an option that a command does not have",
      plant: (root) =>
        replaceIn(root, "docs/runbooks/function-errors.md", "copies --send", "copies --push"),
      caught: /copies knows no --push/,
    },
    {
      fault: "a script of package.json that is not there",
      plant: (root) => replaceIn(root, "package.json", '"verify:infra"', '"verify-infra"'),
      caught: /bun run verify:infra: no such script/,
    },
    {
      fault: "an alert of Cloud Monitoring without its runbook",
      plant: (root) => rmSync(join(root, "docs/runbooks/redis-memory.md")),
      caught: /policies\.tf: .*redis-memory/,
    },
  ],
};

function pagesOf(root: string): readonly Page[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/${path}`);
  return [...pages.filter((path) => isThere(root, path)), ...docs.sort()].map((path) =>
    pageOf(root, path),
  );
}

function checkLinks(root: string, page: Page, report: Report): void {
  const { dead, count } = linksOf(root, page);
  if (dead.length > 0) report.failed(page.path, `leads nowhere: ${dead.join(", ")}`);
  else if (count > 0) report.checked(`${page.path}: ${count} links`);
}

function checkCommands(root: string, page: Page, report: Report): void {
  const commands = codeIn(page).filter(isCommand);
  const problems = commands.flatMap((code) => {
    const problem = problemWith(root, code);
    return problem === undefined ? [] : [`${code}: ${problem}`];
  });
  if (problems.length > 0) report.failed(page.path, problems.join("\n"));
  else if (commands.length > 0) report.checked(`${page.path}: ${commands.length} commands`);
}

const folder = "docs/runbooks";
const policies = "terraform/modules/monitoring/policies.tf";

function checkRunbooks(root: string, report: Report): void {
  for (const [path, names] of namedRunbooks(root)) {
    const missing = names.filter((name) => !isThere(root, `${folder}/${name}.md`));
    if (names.length === 0) report.failed(path, "names no runbook");
    else if (missing.length > 0) report.failed(path, `no runbook: ${missing.join(", ")}`);
    else report.checked(`${path}: ${names.length} runbooks`);
  }
  const index = pageOf(root, `${folder}/README.md`).text;
  const unlinked = readdirSync(join(root, folder)).filter(
    (name) => name !== "README.md" && !index.includes(`(${name})`),
  );
  if (unlinked.length > 0) report.failed(folder, `README.md does not name ${unlinked.join(", ")}`);
  else report.checked(`${folder}/README.md names all`);
}

/** Runbooks by the file that sends people to them. */
function namedRunbooks(root: string): readonly (readonly [string, readonly string[]])[] {
  const rules = "kustomize/monitoring/base/rules";
  const urls = readdirSync(join(root, rules)).map((name) => `${rules}/${name}`);
  const slo = policies.replace("policies", "slo");
  return [
    ...urls.map(
      (path) => [path, namesIn(root, path, /\/docs\/runbooks\/([a-z0-9-]+)\.md/g)] as const,
    ),
    // A policy of the list goes by its key.
    [policies, namesIn(root, policies, /^ {4}([a-z-]+) = \{$|runbooks_url\}\/([a-z-]+)\.md/gm)],
    [slo, namesIn(root, slo, /runbooks_url\}\/([a-z-]+)\.md/g)],
  ];
}

function namesIn(root: string, path: string, pattern: RegExp): readonly string[] {
  const found = readFileSync(join(root, path), "utf8").matchAll(pattern);
  return [...found].map(([, key, literal]) => key ?? literal ?? "");
}
