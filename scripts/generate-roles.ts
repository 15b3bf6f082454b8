import {
  type Permission,
  permissionNames,
  permissions,
  roleNames,
  roles,
} from "#modules/access/index.ts";
import type { Document } from "#platform/http/openapi.ts";
import { companyMark, needsMark } from "#platform/http/responses.ts";
import { openapiText } from "./generate-openapi.ts";

const head = `# Roles and permissions

Written by \`bun run generate\` from the code and the API's document. \`test/access\` asks every operation as
every role, over HTTP, and compares with a list that is written by hand.

A role is given at one site or at all of them. What stands at a site (its stock, sales, runs, tills) takes the
permission there; to somebody of another site it looks like what does not exist. What all sites share (items,
recipes, suppliers, settings) is read with the permission at any site, and changed with it at every site. An
API key has permissions of its own, at the sites it names.
`;

/** The text of docs/roles.md. */
export function rolesText(): string {
  const asked = askedFor(JSON.parse(openapiText()) as Document);
  const who = permissionNames.map((name) => {
    const marks = roleNames.map((role) => (roles[role].includes(name) ? "✓" : ""));
    return [code(name), permissions[name], ...marks];
  });
  const what = permissionNames.map((name) => [code(name), (asked.get(name) ?? []).join(", ")]);
  return [
    head,
    "## What each role may do\n",
    table(["permission", "what it allows", ...roleNames], who),
    "\n## What asks for it\n",
    table(["permission", "operations"], what),
  ].join("\n");
}

/** The operations that ask for each permission, in the order of the document. */
function askedFor({ paths }: Document): Map<Permission, string[]> {
  const asked = new Map<Permission, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = operation[companyMark] === true ? " (at every site)" : "";
      const what = `${code(`${method.toUpperCase()} ${path.replace("/api/v1", "")}`)}${where}`;
      for (const name of (operation[needsMark] ?? []) as Permission[]) {
        asked.set(name, [...(asked.get(name) ?? []), what]);
      }
    }
  }
  return asked;
}

function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return [names, names.map(() => "---"), ...rows].map(line).join("");
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) await Bun.write("docs/roles.md", rolesText());
