import { expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import drizzleConfig from "../drizzle.config.ts";
import { envText } from "../scripts/generate-env.ts";
import { embeddedText } from "../scripts/generate-migrations.ts";
import { openapiText } from "../scripts/generate-openapi.ts";
import { rolesText } from "../scripts/generate-roles.ts";

const root = join(import.meta.dir, "..");
const committed = (path: string) => Bun.file(join(root, path)).text();
const advice = "run `bun run generate` and commit what it writes";

// toBe would print both texts, hundreds of kilobytes of them.
const isDrifted = async (path: string, text: string) => (await committed(path)) !== text;

test("openapi.json is what the routes say", async () => {
  expect([await isDrifted("openapi.json", openapiText()), advice]).toEqual([false, advice]);
});

test("docs/roles.md is what the roles may do", async () => {
  expect([await isDrifted("docs/roles.md", rolesText()), advice]).toEqual([false, advice]);
});

test(".env.example is what the configuration reads", async () => {
  expect([await isDrifted(".env.example", envText()), advice]).toEqual([false, advice]);
});

test("the embedded migrations are those of the folder", async () => {
  const path = "src/platform/migrations.gen.ts";
  expect([await isDrifted(path, embeddedText()), advice]).toEqual([false, advice]);
});

test("the migrations make the tables of the code", async () => {
  // The tool takes paths below the project only.
  await mkdir(join(root, "dist"), { recursive: true });
  const folder = await mkdtemp(join(root, "dist", "drift-"));
  const out = relative(root, join(folder, "migrations"));
  try {
    await cp(join(root, "migrations"), join(root, out), { recursive: true });
    const config = join(folder, "drizzle.config.ts");
    await Bun.write(config, `export default ${JSON.stringify({ ...drizzleConfig, out })};`);
    const tool = join(root, "node_modules/drizzle-kit/bin.cjs");
    const args = [process.execPath, tool, "generate", "--config", relative(root, config)];
    const run = Bun.spawnSync(args, { cwd: root });
    expect(run.stdout.toString()).toContain("No schema changes");
  } finally {
    await rm(folder, { recursive: true });
  }
});
