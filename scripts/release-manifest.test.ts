import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { digestOf, startProject, type TestProject } from "./shipping/test-project.ts";

let project: TestProject;
let sha = "";
beforeEach(() => {
  project = startProject();
  project.write("dist/worker", "worker");
  project.write("dist/functions.zip", "functions");
  sha = project.git("rev-parse", "HEAD").trim();
});
afterEach(() => project.remove());

const image = "europe-west3-docker.pkg.dev/p/banneton/web";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function make(...more: string[]) {
  const files = ["--worker", "dist/worker", "--functions", "dist/functions.zip"];
  const web = ["--web-image", image, "--web-digest", digestOf("a")];
  return project.run("release-manifest.ts", ["--sha", sha, ...web, ...files, ...more]);
}

describe("a release's manifest", () => {
  test("names the three artefacts by their hashes, and promotes as it is", () => {
    expect(make().stderr).toBe("");
    const [worker, functions] = [sha256("worker"), sha256("functions")];
    expect(JSON.parse(project.read(`release/${sha}.json`))).toEqual({
      sha,
      web: { image, digest: digestOf("a") },
      worker: { object: `worker/${worker}/banneton-worker`, sha256: worker },
      functions: { object: `functions/${functions}.zip`, sha256: functions },
    });
    const args = ["--sha", sha, "--environment", "dev", "--verified", digestOf("a")];
    expect(project.run("promote.ts", args).stderr).toBe("");
  });

  test("is written once: the same is the same, another is refused", () => {
    expect(make("--dry-run").code).toBe(0);
    expect(project.git("status", "--porcelain")).toBe("");
    expect([make().code, make().code]).toEqual([0, 0]);
    project.write("dist/worker", "another");
    const { code, stderr } = make();
    expect([code, stderr]).toEqual([1, expect.stringContaining("says something else")]);
  });

  test("goes from one job to the next byte by byte", () => {
    const outputs = `${project.folder}/dist/outputs`;
    const args = ["--worker", "dist/worker", "--functions", "dist/functions.zip"];
    const web = ["--web-image", image, "--web-digest", digestOf("a")];
    const env = { GITHUB_OUTPUT: outputs };
    project.run("release-manifest.ts", ["--sha", sha, ...web, ...args], env);
    const text = project.read(`release/${sha}.json`);
    const json = /^manifest=(.*)$/m.exec(project.read("dist/outputs"))?.[1] ?? "";
    project.git("clean", "--quiet", "--force", "-d", "release");
    expect(project.run("release-manifest.ts", ["--sha", sha, "--json", json]).stderr).toBe("");
    expect(project.read(`release/${sha}.json`)).toBe(text);
  });

  test("of a changed tree, another commit or an unknown one is refused", () => {
    project.write("migrations/20260101000000_first.sql", "DROP TABLE a;\n");
    expect(make().stderr).toContain("of changes beside it");
    project.commit("Changed");
    expect(make().stderr).toContain("is not what is checked out");
    sha = "e".repeat(40);
    expect(make().stderr).toContain("is no commit of this repository");
  });

  test("is refused while something that ships waits for a fact", () => {
    project.write("Dockerfile", "FROM docker.io/oven/bun:1@sha256:PIN_ME\n");
    sha = project.commit("An image by a marker");
    expect(make().stderr).toContain("Dockerfile:1: FROM docker.io/oven/bun:1@sha256:PIN_ME");
    project.write("Dockerfile", `FROM docker.io/oven/bun:1@${digestOf("b")}\n`);
    project.write("compose.yaml", "image: docker.io/library/redis:7@sha256:PIN_ME\n");
    sha = project.commit("Only what does not ship");
    expect(make().code).toBe(0);
  });

  test("has a digest, and files that are there", () => {
    const bad = project.run("release-manifest.ts", [
      "--sha",
      sha,
      "--json",
      '{"web":{"digest":"latest"}}',
    ]);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("latest is no digest")]);
    const missing = make("--worker", "dist/nothing");
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("bun run build")]);
  });
});

describe("a release is verified", () => {
  const verify = (env: Record<string, string> = {}) =>
    project.run("verify-release.ts", ["--sha", sha, "--repository", "owner/name"], env);
  const recorder = (fails: string) =>
    `const fs = require("node:fs");
     const said = process.argv.slice(1).map((each) => each.split("/bin/").at(-1)).join(" ");
     fs.appendFileSync(${JSON.stringify(`${project.folder}/dist/log`)}, said + "\\n");
     process.exit(said.includes(${JSON.stringify(fails)}) ? 1 : 0);`;

  test("by its signature and both provenances, of this workflow, branch and commit", () => {
    make();
    for (const name of ["cosign", "gh"]) project.command(name, recorder("no such thing"));
    const { code, stdout } = verify({ GITHUB_OUTPUT: `${project.folder}/dist/outputs` });
    expect([code, stdout]).toEqual([0, `${digestOf("a")}\n`]);
    expect(project.read("dist/outputs")).toBe(`digest=${digestOf("a")}\n`);
    const [signature, web, manifest] = project.read("dist/log").trim().split("\n");
    const workflow = "owner/name/.github/workflows/release.yml";
    expect(signature).toBe(
      `cosign verify --certificate-identity=https://github.com/${workflow}@refs/heads/main ` +
        "--certificate-oidc-issuer=https://token.actions.githubusercontent.com " +
        `${image}@${digestOf("a")}`,
    );
    expect(web).toContain(
      `gh attestation verify oci://${image}@${digestOf("a")} --repo=owner/name`,
    );
    expect(manifest).toContain(`gh attestation verify release/${sha}.json --repo=owner/name`);
    for (const each of [web, manifest]) {
      expect(each).toContain(
        `--signer-workflow=${workflow} --source-ref=refs/heads/main --source-digest=${sha}`,
      );
    }
  });

  test.each(["cosign verify", "oci://", "verify release/"])("not if %s fails", (fails) => {
    make();
    for (const name of ["cosign", "gh"]) project.command(name, recorder(fails));
    const { code, stdout, stderr } = verify();
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("refused: ")]);
  });
});
