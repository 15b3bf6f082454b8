import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "#platform/id.ts";
import { emptyDatabase } from "../../test/harness/postgres.ts";

const main = join(import.meta.dir, "main.ts");

async function banneton(address: string, ...args: readonly string[]) {
  const env = { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", DATABASE_URL: address };
  const child = Bun.spawn([process.execPath, main, ...args], {
    cwd: tmpdir(),
    env,
    stderr: "pipe",
    stdout: "ignore",
  });
  return { text: await new Response(child.stderr).text(), code: await child.exited };
}

describe("a refusal is one sentence", () => {
  test("an address that is none, or where nobody answers, without its password", async () => {
    const none = await banneton("s3cret", "verify");
    expect(none).toEqual({
      text: "DATABASE_URL must be postgres://user:password@host:port/name.\n",
      code: 78,
    });
    const { text, code } = await banneton("postgres://app:s3cret@127.0.0.1:1/none", "verify");
    expect(text).toStartWith("The database cannot be reached: ");
    expect([text.trim().split("\n").length, text.includes("s3cret"), code]).toEqual([1, false, 1]);
  });

  test("the books of a site that is not there do not hold", async () => {
    const database = await emptyDatabase();
    try {
      for (const site of ["x", newId()]) {
        const { text, code } = await banneton(database.ownerUrl, "verify", "--site", site);
        expect([text.trim().split("\n").length, code]).toEqual([1, 1]);
      }
    } finally {
      await database.drop();
    }
  });
});
