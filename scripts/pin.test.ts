import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { digestOf, startProject, type TestProject } from "./shipping/test-project.ts";

let project: TestProject;
beforeEach(() => {
  project = startProject();
  project.write(".github/workflows/ci.yml", "      - uses: owner/act@PIN_ME # v1.2.3\n");
  project.write("Dockerfile", "FROM docker.io/oven/bun:1.4@sha256:PIN_ME AS build\n");
  project.write("argocd/web.yaml", "repoURL: https://github.com/PIN_ME/banneton.git\n");
});
afterEach(() => project.remove());

/** Not waiting in the way of the registry, which answers from this process. */
async function pin(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dir, "pin.ts"), ...args], {
    cwd: project.folder,
    env: { ...process.env, ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
  }
  const code = await new Promise<number>((done) =>
    child.once("close", (status) => done(status ?? -1)),
  );
  return { code, text };
}

/** A registry as Docker's: it wants a token, which it gives to anybody. */
function startRegistry() {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      if (url.pathname === "/token")
        return Response.json({ token: `for ${url.searchParams.get("scope")}` });
      if (url.pathname !== "/v2/oven/bun/manifests/1.4") return new Response(null, { status: 404 });
      if (request.headers.get("authorization") === "Bearer for repository:oven/bun:pull") {
        return new Response(null, { headers: { "docker-content-digest": digestOf("d") } });
      }
      const challenge = `Bearer realm="${url.origin}/token",service="registry",scope="repository:oven/bun:pull"`;
      return new Response(null, { status: 401, headers: { "www-authenticate": challenge } });
    },
  });
  return { url: server.url.origin, stop: () => server.stop(true) };
}

test("what waits is listed, with what to run", async () => {
  const { code, text } = await pin([]);
  expect(code).toBe(0);
  expect(text).toContain("git ls-remote https://github.com/owner/act 'refs/tags/v1.2.3'");
  expect(text).toContain("docker buildx imagetools inspect docker.io/oven/bun:1.4");
  expect(text).toContain("the first promotion writes it");
  expect(text).toContain("\n5 wait for a fact.\n");
});

test("a release is not built while something that ships waits; an overlay's digest may", async () => {
  const { code, text } = await pin(["--check"]);
  expect([code, text]).toEqual([1, expect.stringContaining("3 wait for a fact")]);
  for (const path of [".github/workflows/ci.yml", "Dockerfile", "argocd/web.yaml"]) {
    project.write(path, "pinned\n");
  }
  project.write("compose.yaml", "image: docker.io/library/redis:7@sha256:PIN_ME\n");
  expect(await pin(["--check"])).toEqual({ code: 0, text: "0 wait for a fact.\n" });
});

test("facts are looked up: of an annotated tag the commit, of an image what its registry says", async () => {
  const registry = startRegistry();
  try {
    const github = join(project.folder, "dist");
    const action = join(github, "owner/act");
    project.git("init", "--quiet", action);
    project.git("-C", action, "commit", "--quiet", "--allow-empty", "--message", "Act");
    project.git("-C", action, "tag", "--annotate", "--message", "One", "v1.2.3");
    const commit = project.git("-C", action, "rev-parse", "HEAD").trim();
    const env = { PIN_GITHUB_URL: github, PIN_REGISTRY_URL: registry.url };
    const dry = await pin(["--resolve", "--owner", "bakers", "--dry-run"], env);
    expect([dry.code, project.read("Dockerfile")]).toEqual([0, expect.stringContaining("PIN_ME")]);
    expect((await pin(["--resolve", "--owner", "bakers"], env)).code).toBe(0);
    expect(project.read(".github/workflows/ci.yml")).toBe(
      `      - uses: owner/act@${commit} # v1.2.3\n`,
    );
    expect(project.read("Dockerfile")).toBe(
      `FROM docker.io/oven/bun:1.4@${digestOf("d")} AS build\n`,
    );
    expect(project.read("argocd/web.yaml")).toContain("https://github.com/bakers/banneton.git");
  } finally {
    registry.stop();
  }
});

test("an image of no version is nobody's guess", async () => {
  project.write("Dockerfile", "FROM docker.io/oven/bun@sha256:PIN_ME\n");
  const { code, text } = await pin(["--resolve", "--owner", "bakers"], {
    PIN_GITHUB_URL: join(project.folder, "nowhere"),
  });
  expect(code).toBe(1);
  expect(text).toContain("the line names no version: oven/bun:<version>@sha256:…");
});

test("what cannot be reached stays a marker, and is said", async () => {
  const env = {
    PIN_GITHUB_URL: join(project.folder, "nowhere"),
    PIN_REGISTRY_URL: "http://127.0.0.1:1",
  };
  const { code, text } = await pin(["--resolve"], env);
  expect([code, text]).toEqual([1, expect.stringContaining("3 could not be looked up")]);
  expect(project.read("Dockerfile")).toContain("PIN_ME");
});
