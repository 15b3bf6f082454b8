import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { project } from "./install.ts";

/**
 * The commit's hash as it goes into an artefact, which tells it wherever its environment names no other
 * RELEASE. Throws if it is not of the form that one has.
 */
export function releaseIn(release: string | undefined): Readonly<Record<string, string>> {
  if (release === undefined) return {};
  if (!/^[\w.-]{1,64}$/.test(release)) throw new Error(`RELEASE is no hash: ${release}`);
  return { BUILT_RELEASE: JSON.stringify(release) };
}

/** What the artefacts of tests say of themselves. */
export const testRelease = "0123456789abcdef0123456789abcdef01234567";

/**
 * Compiles a worker into one file that needs no other: runtime, SQL and all. Identifiers are kept, as stacks
 * in logs are read by people.
 */
export async function compileWorker(
  entry: string,
  outfile: string,
  release: string | undefined,
): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(project, entry)],
    minify: { whitespace: true, syntax: true, identifiers: false },
    // sharp is native, and of no use to a worker that has a function to ask.
    external: ["pg-native", "sharp"],
    define: releaseIn(release),
    compile: { outfile },
  });
  for (const line of built.logs) console.error(line);
  if (!built.success) throw new Error(`${entry} cannot be compiled`);
}

const dayMs = 86_400_000;
const recipes = ["worker", "banneton", "functions"].map((name) => `scripts/build-${name}.ts`);

/** The compiled worker of these sources, from the temporary folder if it was compiled before. */
export function cachedWorker(entry: string): Promise<string> {
  return cachedCompile(entry, "banneton-worker", (outfile) =>
    compileWorker(entry, outfile, testRelease),
  );
}

/**
 * What `compile` makes of these sources, kept in the temporary folder. Several processes may ask at
 * once: the file appears whole.
 */
export async function cachedCompile(
  entry: string,
  file: string,
  compile: (outfile: string) => Promise<void>,
): Promise<string> {
  const cache = join(tmpdir(), "banneton-worker-cache");
  mkdirSync(cache, { recursive: true });
  const name = await hashOfSources(entry);
  const path = join(cache, name, file);
  if (existsSync(path)) return path;
  dropOld(cache);
  const folder = mkdtempSync(join(cache, "building-"));
  await compile(join(folder, file));
  try {
    renameSync(folder, join(cache, name));
  } catch (error) {
    // Another process was quicker, with the same bytes.
    if (!existsSync(path)) throw error;
    rmSync(folder, { recursive: true });
  }
  return path;
}

export async function hashOfSources(entry: string): Promise<string> {
  const hash = createHash("sha256").update(`${Bun.version} ${process.arch} ${project} ${entry}\n`);
  const sources = [...new Glob("src/**/*.ts").scanSync(project)].sort();
  for (const path of [...sources, entry, "bun.lock", ...recipes]) {
    hash.update(`${path}\n`).update(await Bun.file(join(project, path)).bytes());
  }
  return hash.digest("hex");
}

function dropOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > dayMs) rmSync(path, { recursive: true, force: true });
  }
}
