import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cachedBanneton, compileBanneton } from "../../scripts/build-banneton.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { emptyDatabase } from "../../test/harness/postgres.ts";
import { startWebProcess } from "../../test/harness/web-process.ts";

const [banneton, database] = await Promise.all([cachedBanneton(), emptyDatabase()]);
const folder = mkdtempSync(join(tmpdir(), "banneton-compiled-"));
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it to its end, far from the sources and with that environment alone. */
async function ended(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([banneton, ...args], { cwd: "/", env, stdout: "pipe", stderr: "pipe" });
  const streams = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  const text = (await Promise.all(streams)).join("");
  return { code: await child.exited, text };
}

beforeAll(async () => {
  const { code, text } = await ended(["migrate"], { DATABASE_URL: database.ownerUrl });
  expect(text).toContain("Applied");
  expect(code).toBe(0);
});

describe("the binary of the image", () => {
  test("migrates once, and then says that the schema is current", async () => {
    const { code, text } = await ended(["migrate"], { DATABASE_URL: database.ownerUrl });
    expect([code, text]).toEqual([0, "The schema is current.\n"]);
  });

  test("explains web and health", async () => {
    for (const name of ["web", "health"]) {
      const { code, text } = await ended([name, "--help"]);
      expect([code, text.split("\n")[0]]).toEqual([0, `Usage: banneton ${name} [options]`]);
    }
  });

  test("serves, is found healthy, and drains at SIGTERM", async () => {
    const port = String(await freePort());
    const env = { PORT: port };
    expect((await ended(["health"], env)).code).toBe(1);
    const web = await startWebProcess(database.appUrl, env, [banneton, "web"]);
    try {
      expect((await fetch(`${web.base}/readyz`)).status).toBe(200);
      expect(await ended(["health"], env)).toEqual({ code: 0, text: "" });
      for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
        const served = await (await fetch(`${web.base}/swagger/assets/${name}`)).text();
        expect(served).toBe(
          await Bun.file(Bun.fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))).text(),
        );
      }
      expect((await fetch(`${web.base}/swagger/json`)).status).toBe(200);
    } finally {
      expect(await web.stop()).toBe(0);
    }
    expect((await ended(["health"], env)).text).toContain(`127.0.0.1:${port}`);
  });

  test("ends with 78 and every problem if it is not configured", async () => {
    const { code, text } = await ended(["web"], { LOG_LEVEL: "loud" });
    expect(code).toBe(78);
    expect(text).toContain("DATABASE_URL");
    expect(text).toContain("LOG_LEVEL");
  });

  test("has the same bytes whenever it is compiled from the same sources", async () => {
    const again = join(folder, "banneton");
    await compileBanneton(again);
    expect(hashOf(again)).toBe(hashOf(banneton));
  });
});

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
