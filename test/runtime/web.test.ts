import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

// The artefact, not the sources: what is deployed must run on both. Without a database on purpose.
const root = fileURLToPath(new URL("../..", import.meta.url));
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
  DATABASE_URL: "postgres://app@127.0.0.1:1/none",
  PORT: "0",
  METRICS_PORT: "0",
};

beforeAll(async () => {
  const build = Bun.spawn([process.execPath, "scripts/build.ts"], { cwd: root, stdout: "ignore" });
  expect(await build.exited).toBe(0);
  expect(await Bun.spawn([denoCommand, "--version"], { stdout: "ignore" }).exited).toBe(0);
}, 60_000);

// The command of npm's package installs the binary on first use, but hides it from signals.
const denoCommand = `${root}/node_modules/.bin/deno`;
const deno = `${root}/node_modules/deno/deno`;
const runtimes = {
  Bun: [process.execPath, "dist/web/main.js"],
  Deno: [deno, "run", "--no-prompt", "-NERS", "dist/web/main.js"],
};

for (const [name, command] of Object.entries(runtimes)) {
  describe(`the web on ${name}`, () => {
    let child: Bun.Subprocess<"ignore", "pipe", "inherit">;
    let base = "";

    beforeAll(async () => {
      child = Bun.spawn(command, {
        cwd: root,
        env: environment,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      base = `http://127.0.0.1:${await portOf(child.stdout)}`;
    }, 30_000);
    afterAll(() => child?.kill("SIGKILL"));

    const post = (body: BodyInit) =>
      fetch(`${base}/api/v1/sites`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });

    test("is alive, and not ready without its database", async () => {
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
      expect((await fetch(`${base}/readyz`)).status).toBe(503);
    });
    test("validates, refuses and never leaks", async () => {
      expect((await post("{}")).status).toBe(422);
      expect((await post("{")).status).toBe(400);
      expect((await post("x".repeat(1_100_000))).status).toBe(413);
      expect((await post(stream(1_100_000))).status).toBe(413);
      expect((await fetch(`${base}/api/v1/sites`)).status).toBe(503);
      const missing = await fetch(`${base}/api/v1/nope`);
      expect([missing.status, missing.headers.get("content-type")]).toEqual([
        404,
        "application/problem+json",
      ]);
    });
    test("serves its document and Swagger UI's files", async () => {
      expect((await (await fetch(`${base}/swagger/json`)).json()).info.title).toBe("Banneton");
      const bundle = await fetch(`${base}/swagger/assets/swagger-ui-bundle.js`);
      expect((await bundle.arrayBuffer()).byteLength).toBeGreaterThan(1_000_000);
    });
    test("stops on SIGTERM with exit code 0", async () => {
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    });
  });
}

function stream(bytes: number): ReadableStream<Uint8Array> {
  return new Response(new Uint8Array(bytes)).body as ReadableStream<Uint8Array>;
}

/** The port from the line that says it listens; goes on reading so that the pipe never fills. */
async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
  const reader = output.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the web ended: ${text}`);
    text += decoder.decode(value, { stream: true });
    const port = /"message":"Listening".*?"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) {
      void drain(reader);
      return Number(port);
    }
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
