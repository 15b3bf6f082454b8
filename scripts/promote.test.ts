import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { digestOf, startProject, type TestProject } from "./shipping/test-project.ts";

let project: TestProject;
beforeEach(() => {
  project = startProject();
});
afterEach(() => project.remove());

const overlay = (environment: string) => `kustomize/overlays/${environment}/kustomization.yaml`;
const values = (environment: string) =>
  `terraform/environments/${environment}/release.auto.tfvars.json`;

function promote(sha: string, environment: string, kind: string, ...more: string[]) {
  const args = ["--sha", sha, "--environment", environment, "--verified", digestOf(kind), ...more];
  return project.run("promote.ts", args);
}

function roll(environment: string, ...more: string[]) {
  return project.run("rollback.ts", ["--environment", environment, ...more]);
}

/** Promotes and merges, as it is done when nothing is wrong. */
function ship(kind: string, environment = "dev"): string {
  const sha = project.release(kind);
  expect(promote(sha, environment, kind).stderr).toBe("");
  project.merge(`promote/${environment}/${sha.slice(0, 12)}`);
  return sha;
}

function changedLines(from: string, to: string): string[] {
  return project
    .git("diff", "--unified=0", from, to)
    .split("\n")
    .filter((line) => /^[+-](?![+-])/.test(line));
}

describe("a promotion", () => {
  test("changes one digest line and four values, and nothing else", () => {
    ship("a");
    const sha = project.release("b");
    const head = project.git("rev-parse", "HEAD").trim();
    const { code, stdout } = promote(sha, "dev", "b");
    expect(code).toBe(0);
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    expect(project.git("diff", "--name-only", head, branch).trim().split("\n")).toEqual([
      overlay("dev"),
      values("dev"),
    ]);
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    expect(changedLines(head, branch)).toEqual([
      `-    digest: sha256:${a}`,
      `+    digest: sha256:${b}`,
      `-  "worker_object": "worker/${a}/banneton-worker",`,
      `-  "worker_sha256": "${a}",`,
      `-  "functions_object": "functions/${a}.zip",`,
      `-  "functions_sha256": "${a}"`,
      `+  "worker_object": "worker/${b}/banneton-worker",`,
      `+  "worker_sha256": "${b}",`,
      `+  "functions_object": "functions/${b}.zip",`,
      `+  "functions_sha256": "${b}"`,
    ]);
    expect(stdout).toContain(`title: Promote ${sha.slice(0, 12)} to dev`);
    expect(project.git("status", "--porcelain")).toBe("");
    expect(project.git("branch", "--show-current").trim()).toBe("main");
  });

  test("twice is once, before it is merged and after", () => {
    const sha = project.release("a");
    promote(sha, "dev", "a");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    const once = project.git("rev-parse", branch);
    expect(promote(sha, "dev", "a").code).toBe(0);
    expect(project.git("rev-parse", branch)).toBe(once);
    project.merge(branch);
    const again = promote(sha, "dev", "a");
    expect([again.code, again.stdout]).toEqual([0, `dev runs ${sha} already: nothing to do.\n`]);
  });

  test("says which commits and migrations come along", () => {
    const older = ship("a");
    project.write("migrations/20260202000000_tills.sql", "CREATE TABLE tills (b int);\n");
    project.commit("Tills have a table");
    project.write(
      "migrations/20260203000000_old.sql",
      "-- contract: nobody reads it\nDROP TABLE a;\n",
    );
    project.commit("The old table goes");
    const { stdout } = promote(project.release("b"), "dev", "b", "--dry-run");
    expect(stdout).toContain(`From ${older} to `);
    expect(stdout).toMatch(/^ {4}[0-9a-f]+ Tills have a table$/m);
    expect(stdout).toContain("    migrations/20260202000000_tills.sql\n");
    expect(stdout).toMatch(/20260203000000_old.sql \(contracts: no rollback to before it\)/);
    expect(project.git("branch", "--list", "promote/dev/*").trim().split("\n").length).toBe(1);
  });

  test("brings a manifest that was only just written, in a commit of its own", () => {
    const sha = project.release("a");
    const text = project.read(`release/${sha}.json`);
    project.git("reset", "--quiet", "--hard", sha);
    project.write(`release/${sha}.json`, text);
    expect(promote(sha, "dev", "a").stderr).toBe("");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    expect(project.git("show", `${branch}:release/${sha}.json`)).toBe(text);
    expect(project.git("diff", "--name-only", `${branch}^`, branch).trim().split("\n")).toEqual([
      overlay("dev"),
      values("dev"),
    ]);
    const once = project.git("rev-parse", branch);
    promote(sha, "dev", "a");
    expect(project.git("rev-parse", branch)).toBe(once);
  });

  test("is refused without a release, a signature, or dev before prod", () => {
    const unknown = "f".repeat(40);
    expect(promote(unknown, "dev", "a").stderr).toContain(`there is no release of ${unknown}`);
    const sha = project.release("a");
    expect(promote(sha, "dev", "b").stderr).toContain("is not known to be signed");
    const unsaid = project.run("promote.ts", ["--sha", sha, "--environment", "dev"]);
    expect([unsaid.code, unsaid.stderr]).toEqual([1, expect.stringContaining("says nothing")]);
    expect(promote(sha, "prod", "a").stderr).toContain("dev does not run it");
    expect(promote(sha, "prod", "a", "--skip-dev", "so").stderr).toContain("wants a reason");
    expect(project.git("branch", "--list").trim()).toBe("* main");
    const skipped = promote(sha, "prod", "a", "--skip-dev", "dev is down since Monday");
    expect(skipped.stdout).toContain("Not tried in dev: dev is down since Monday");
  });

  test("of what was edited by hand, or goes back, is refused", () => {
    const older = ship("a");
    ship("b");
    expect(promote(older, "dev", "a").stderr).toContain("scripts/rollback.ts goes back");
    const sha = project.release("c");
    const path = `release/${sha}.json`;
    project.write(path, project.read(path).replace('"sha"', '"by": "hand",\n  "sha"'));
    project.commit("By hand");
    expect(promote(sha, "dev", "c").stderr).toContain("it was edited by hand");
  });

  test("with --open it is pushed, and its pull request opened once", () => {
    const origin = `${project.folder}/dist/origin.git`;
    project.git("init", "--quiet", "--bare", origin);
    project.git("remote", "add", "origin", origin);
    const log = `${project.folder}/dist/gh.log`;
    project.command(
      "gh",
      `const fs = require("node:fs");
       const args = process.argv.slice(2);
       const log = ${JSON.stringify(log)};
       const before = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
       if (args[1] === "list") console.log(before.includes("create") ? '[{"number":7}]' : "[]");
       else fs.writeFileSync(log, before + args.join(" ") + "\\n" + fs.readFileSync(0, "utf8") + "\\n");`,
    );
    const sha = project.release("a");
    expect(promote(sha, "dev", "a", "--open").stderr).toBe("");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    const pushed = () => project.git("ls-remote", origin, branch).split("\t")[0];
    expect(pushed()).toBe(project.git("rev-parse", branch).trim());
    project.commit("Meanwhile");
    expect(promote(sha, "dev", "a", "--open").stderr).toBe("");
    expect(pushed()).toBe(project.git("rev-parse", branch).trim());
    const said = project.read("dist/gh.log");
    expect(said).toContain(`pr create --head ${branch} --title Promote ${sha.slice(0, 12)} to dev`);
    expect(said).toContain("pr edit 7 --title");
    expect(said.match(/The first release here/g)?.length).toBe(2);
  });
});

describe("a rollback", () => {
  test("after a promotion gives the files of before, byte by byte", () => {
    ship("a");
    const before = [overlay("dev"), values("dev")].map(project.read);
    ship("b");
    expect([overlay("dev"), values("dev")].map(project.read)).not.toEqual(before);
    const { code, stdout } = roll("dev");
    expect(code).toBe(0);
    const branch = /^branch: (.*)$/m.exec(stdout)?.[1] ?? "";
    const files = project.git("diff", "--name-only", "main", branch).trim().split("\n");
    expect(files).toEqual([overlay("dev"), values("dev")]);
    const once = project.git("rev-parse", branch);
    expect(roll("dev").code).toBe(0);
    expect(project.git("rev-parse", branch)).toBe(once);
    project.merge(branch);
    expect([overlay("dev"), values("dev")].map(project.read)).toEqual(before);
  });

  test("of a rollback goes further back, not to what was left", () => {
    const first = ship("a");
    ship("b");
    ship("c");
    project.merge(/^branch: (.*)$/m.exec(roll("dev").stdout)?.[1] ?? "");
    expect(roll("dev").stdout).toContain(`title: Roll dev back to ${first.slice(0, 12)}`);
  });

  test("keeps what else changed in the files since", () => {
    ship("a");
    ship("b");
    project.write(overlay("dev"), `${project.read(overlay("dev"))}      - PODS_MAX=4\n`);
    project.commit("More pods");
    const branch = /^branch: (.*)$/m.exec(roll("dev").stdout)?.[1] ?? "";
    expect(changedLines("main", branch).length).toBe(10);
    expect(project.git("show", `${branch}:${overlay("dev")}`)).toContain("PODS_MAX=4");
  });

  test("to a release by name, and by the path that Argo CD says", () => {
    const first = ship("a");
    ship("b");
    const second = ship("c");
    const { stdout } = roll("kustomize/overlays/dev", "--to", first, "--dry-run");
    expect(stdout).toContain(`From ${second} back to ${first}.`);
    expect(project.git("branch", "--list", "rollback/*")).toBe("");
  });

  test("of a canary that was left meanwhile does nothing", () => {
    ship("a");
    ship("b");
    const degraded = project.git("rev-parse", "HEAD").trim();
    expect(roll("dev", "--degraded", degraded, "--dry-run").stdout).toContain("title: Roll dev");
    project.merge(/^branch: (.*)$/m.exec(roll("dev").stdout)?.[1] ?? "");
    const late = roll("dev", "--degraded", degraded);
    expect([late.code, late.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
  });

  test("past a migration that took something away is refused, with what to do", () => {
    const older = ship("a");
    const path = "migrations/20260203000000_old.sql";
    project.write(path, "-- contract: nobody reads it\nDROP TABLE a;\n");
    ship("b");
    const { code, stderr } = roll("dev");
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(stderr).toContain(`the database no longer has what ${older} needs`);
    expect(stderr).toContain("revert the change of the code");
  });

  test("of a first release is refused", () => {
    ship("a");
    expect(roll("dev").stderr).toContain("nothing ran in dev before");
    expect(roll("prod", "--to", "abc").stderr).toContain("no whole commit id");
  });
});

test("every command has help, and says so of wrong options", () => {
  for (const script of ["promote", "rollback", "release-manifest", "pin", "verify-release"]) {
    const help = project.run(`${script}.ts`, ["--help"]);
    expect([script, help.code, help.stdout]).toEqual([script, 0, expect.stringContaining("Exit")]);
    const wrong = project.run(`${script}.ts`, ["--no-such-option"]);
    expect([script, wrong.code, wrong.stderr]).toEqual([
      script,
      64,
      expect.stringContaining("--h"),
    ]);
  }
});
