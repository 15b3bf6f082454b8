import { cp, mkdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { compileBanneton, swaggerFiles } from "./build-banneton.ts";
import { buildFunctions, zipFunctions } from "./build-functions.ts";
import { compileWorker, releaseIn } from "./build-worker.ts";

// One artefact for Bun and Deno: target node, as both know Node's built-ins and neither needs more.
// Identifiers are kept: Elysia reads the text of handlers to see what they use.
const out = "dist/web";
// The hash of the commit, where it is known that nothing was changed beside it: in release.yml.
const release = process.env["RELEASE"];

await rm(out, { recursive: true, force: true });
const built = await Bun.build({
  entrypoints: ["src/web/main.ts"],
  outdir: out,
  target: "node",
  format: "esm",
  minify: { whitespace: true, syntax: true, identifiers: false },
  sourcemap: "linked",
  external: ["pg-native"],
  define: releaseIn(release),
});
for (const line of built.logs) console.error(line);
if (!built.success) process.exit(1);

await mkdir(`${out}/swagger-ui`, { recursive: true });
for (const file of swaggerFiles) await cp(file, `${out}/swagger-ui/${basename(file)}`);
const bytes = built.outputs.reduce((sum, output) => sum + output.size, 0);
console.log(`${out}: ${built.outputs.length} files, ${Math.round(bytes / 1024)} KiB`);

const worker = "dist/banneton-worker";
await compileWorker("src/worker/main.ts", worker, release);
console.log(`${worker}: ${Math.round(Bun.file(worker).size / 1_048_576)} MiB`);

const banneton = "dist/banneton";
await compileBanneton(banneton, release);
console.log(`${banneton}: ${Math.round(Bun.file(banneton).size / 1_048_576)} MiB`);

const functions = "dist/functions";
const bundle = await buildFunctions(functions, release);
const hash = await zipFunctions(functions, "dist/functions.zip");
console.log(`${functions}: ${Math.round(bundle.bytes / 1024)} KiB; functions.zip ${hash}`);
