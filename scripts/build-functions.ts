import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { releaseIn } from "./build-worker.ts";
import { project } from "./install.ts";

/** Packages that the cloud installs beside the bundle: the framework must be one, sharp is native. */
export const functionPackages = ["@google-cloud/functions-framework", "sharp"] as const;

/** Bytes of the bundle alone. */
export interface FunctionsBuild {
  readonly bytes: number;
}

/** Bundles the functions for Node into a folder that Google's builder, or the framework, takes as it is. */
export async function buildFunctions(
  folder: string,
  release: string | undefined,
): Promise<FunctionsBuild> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const built = await Bun.build({
    entrypoints: [join(project, "src/functions/main.ts")],
    outdir: folder,
    naming: "index.js",
    target: "node",
    format: "esm",
    // Names of functions and classes stay, for stacks in logs; nothing here reads its own text.
    minify: { whitespace: true, syntax: true, identifiers: true, keepNames: true },
    external: [...functionPackages, "pg-native"],
    define: releaseIn(release),
  });
  for (const line of built.logs) console.error(line);
  if (!built.success) throw new Error("The functions cannot be bundled");
  await writeFile(join(folder, "package.json"), await manifest());
  return { bytes: built.outputs.reduce((sum, output) => sum + output.size, 0) };
}

async function manifest(): Promise<string> {
  const own = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  const pinned = functionPackages.map((name) => [name, own.dependencies[name]]);
  const content = {
    name: "banneton-functions",
    private: true,
    type: "module",
    main: "index.js",
    engines: { node: "22" },
    dependencies: Object.fromEntries(pinned),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

// The same sources give the same bytes: no time of the day, no order of the disk.
const noTime = new Date("1980-01-01T00:00:00Z");

/** The folder as one file, named by what is in it: hex SHA-256. */
export async function zipFunctions(folder: string, file: string): Promise<string> {
  const names = ["index.js", "package.json"];
  const entries = await Promise.all(
    names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const),
  );
  const zip = zipSync(Object.fromEntries(entries), { level: 9, mtime: noTime });
  await writeFile(file, zip);
  return createHash("sha256").update(zip).digest("hex");
}

if (import.meta.main) {
  const { bytes } = await buildFunctions(join(project, "dist/functions"), process.env["RELEASE"]);
  console.log(`dist/functions: ${Math.round(bytes / 1024)} KiB`);
}
