import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFunctions, zipFunctions } from "../../scripts/build-functions.ts";
import { testRelease } from "../../scripts/build-worker.ts";
import { project } from "../../scripts/install.ts";
import { cachedFunctions, node } from "../harness/function-process.ts";

const bytesMax = 2_000_000;

describe("the functions' bundle", () => {
  test("is under 2 MB, and names nothing outside but Node's modules, the framework and sharp", async () => {
    const path = join(await cachedFunctions(), "index.js");
    expect(statSync(path).size).toBeLessThan(bytesMax);
    const text = readFileSync(path, "utf8");
    const imports = new Bun.Transpiler({ loader: "js" }).scanImports(text);
    const names = new Set(imports.map(({ path: name }) => name));
    const isOurs = (name: string) =>
      name.startsWith("node:") || builtinModules.includes(name.split("/")[0] ?? "");
    const outside = [...names].filter((name) => !isOurs(name)).sort();
    expect(outside).toEqual(["@google-cloud/functions-framework", "sharp"]);
  });

  test("holds neither the web's framework, nor the accounts' library, nor an API of Bun", async () => {
    const text = readFileSync(join(await cachedFunctions(), "index.js"), "utf8");
    for (const word of [/\belysia\b/i, /better-auth/, /\bBun\.\w/, /"bun:/]) {
      expect(text.match(word)?.[0]).toBeUndefined();
    }
  });

  test("is the same from the same sources, and so is its archive's name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "banneton-bundle-"));
    const hashes: string[] = [];
    for (const name of ["one", "two"]) {
      await buildFunctions(join(folder, name), testRelease);
      hashes.push(await zipFunctions(join(folder, name), join(folder, `${name}.zip`)));
    }
    expect(new Set(hashes).size).toBe(1);
    const bytes = readFileSync(join(folder, "one.zip"));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(hashes[0]!);
    rmSync(folder, { recursive: true });
  });

  test("that is told too little says everything that is missing, and ends with 78", async () => {
    const framework = join(
      project,
      "node_modules/@google-cloud/functions-framework/build/src/main.js",
    );
    const source = `--source=${await cachedFunctions()}`;
    const env = { DATABASE_POOL_MAX: "x", NODE_ENV: "production" };
    const run = Bun.spawnSync([node, framework, "--target=auditEvent", source], { env });
    expect(run.exitCode).toBe(78);
    const said = run.stderr.toString();
    for (const name of ["DATABASE_URL", "PUBLIC_URL", "FUNCTION_AUDIENCE", "FUNCTION_CALLERS"]) {
      expect(said).toContain(`- ${name}: `);
    }
  });
});
