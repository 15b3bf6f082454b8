import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A folder that Terraform is run in: a module by itself, or the root of an environment. */
export interface Unit {
  readonly name: string;
  /** From the project's folder. */
  readonly folder: string;
  readonly isRoot: boolean;
  /** Of all that it is made of: what was right once, and is the same, is right. */
  readonly hash: string;
}

export function unitsOf(root: string): Unit[] {
  return ["terraform/modules", "terraform/environments"].flatMap((parent) => {
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => unitOf(root, join(parent, name), name));
  });
}

function unitOf(root: string, folder: string, name: string): Unit {
  const isRoot = folder.startsWith("terraform/environments");
  const hash = createHash("sha256");
  const files = [folder, ...modulesOf(root, folder), "systemd"].flatMap((part) =>
    filesOf(join(root, part)),
  );
  for (const file of files) hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  return { name, folder, isRoot, hash: hash.digest("hex") };
}

/** The modules that a folder is made of, theirs included. */
function modulesOf(root: string, folder: string): string[] {
  const found = filesOf(join(root, folder))
    .filter((file) => file.endsWith(".tf"))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/source\s*=\s*"(\.[^"]+)"/g)])
    .map(([, source = ""]) => join(folder, source));
  return [...new Set(found)].flatMap((each) => [each, ...modulesOf(root, each)]);
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".terraform"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The types of resources and, with `data.` before them, of data sources that all of it uses. */
export function typesOf(root: string): string[] {
  const found = filesOf(join(root, "terraform"))
    .filter((file) => /\.tf$/.test(file))
    .flatMap((file) => [
      ...readFileSync(file, "utf8").matchAll(/^(resource|data) "(google_\w+)"/gm),
    ])
    .map(([, kind, type = ""]) => (kind === "data" ? `data.${type}` : type));
  return [...new Set(found)];
}
