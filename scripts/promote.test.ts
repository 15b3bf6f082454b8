import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pinsIn } from "./shipping/pins.ts";
import { overlayOf, startProject, type TestProject, valuesOf } from "./shipping/test-project.ts";

let project: TestProject;
beforeEach(() => {
  project = startProject();
});
afterEach(() => project.remove());

describe("a promotion", () => {
  test("changes one digest line and four values, and nothing else", () => {
    project.ship("a");
    const sha = project.release("b");
    const head = project.git("rev-parse", "HEAD").trim();
    const { code, stdout } = project.promote(sha, "dev", "b");
    expect(code).toBe(0);
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    expect(project.git("diff", "--name-only", head, branch).trim().split("\n")).toEqual([
      overlayOf("dev"),
      valuesOf("dev"),
    ]);
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    expect(project.changedLines(head, branch)).toEqual([
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
    project.promote(sha, "dev", "a");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    const once = project.git("rev-parse", branch);
    expect(project.promote(sha, "dev", "a").code).toBe(0);
    expect(project.git("rev-parse", branch)).toBe(once);
    project.merge(branch);
    const again = project.promote(sha, "dev", "a");
    expect([again.code, again.stdout]).toEqual([0, `dev runs ${sha} already: nothing to do.\n`]);
  });

  test("says which commits and migrations come along", () => {
    const older = project.ship("a");
    project.write("migrations/20260202000000_tills.sql", "CREATE TABLE tills (b int);\n");
    project.commit("Tills have a table");
    project.write(
      "migrations/20260203000000_old.sql",
      "-- contract: nobody reads it\nDROP TABLE a;\n",
    );
    project.commit("The old table goes");
    const { stdout } = project.promote(project.release("b"), "dev", "b", "--dry-run");
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
    expect(project.promote(sha, "dev", "a").stderr).toBe("");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    expect(project.git("show", `${branch}:release/${sha}.json`)).toBe(text);
    expect(project.git("diff", "--name-only", `${branch}^`, branch).trim().split("\n")).toEqual([
      overlayOf("dev"),
      valuesOf("dev"),
    ]);
    const once = project.git("rev-parse", branch);
    project.promote(sha, "dev", "a");
    expect(project.git("rev-parse", branch)).toBe(once);
  });

  test("is refused without a release, a signature, or dev before prod", () => {
    const unknown = "f".repeat(40);
    expect(project.promote(unknown, "dev", "a").stderr).toContain(
      `there is no release of ${unknown}`,
    );
    const sha = project.release("a");
    expect(project.promote(sha, "dev", "b").stderr).toContain("is not known to be signed");
    const unsaid = project.run("promote.ts", ["--sha", sha, "--environment", "dev"]);
    expect([unsaid.code, unsaid.stderr]).toEqual([1, expect.stringContaining("says nothing")]);
    expect(project.promote(sha, "prod", "a").stderr).toContain("dev does not run it");
    expect(project.promote(sha, "prod", "a", "--skip-dev", "so").stderr).toContain(
      "wants a reason",
    );
    expect(project.git("branch", "--list").trim()).toBe("* main");
    const skipped = project.promote(sha, "prod", "a", "--skip-dev", "dev is down since Monday");
    expect(skipped.stdout).toContain("Not tried in dev: dev is down since Monday");
  });

  test("of what was edited by hand, or goes back, is refused", () => {
    const older = project.ship("a");
    project.ship("b");
    expect(project.promote(older, "dev", "a").stderr).toContain("scripts/rollback.ts goes back");
    const sha = project.release("c");
    const path = `release/${sha}.json`;
    project.write(path, project.read(path).replace('"sha"', '"by": "hand",\n  "sha"'));
    project.commit("By hand");
    expect(project.promote(sha, "dev", "c").stderr).toContain("it was edited by hand");
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
    expect(project.promote(sha, "dev", "a", "--open").stderr).toBe("");
    const branch = `promote/dev/${sha.slice(0, 12)}`;
    const pushed = () => project.git("ls-remote", origin, branch).split("\t")[0];
    expect(pushed()).toBe(project.git("rev-parse", branch).trim());
    project.commit("Meanwhile");
    expect(project.promote(sha, "dev", "a", "--open").stderr).toBe("");
    expect(pushed()).toBe(project.git("rev-parse", branch).trim());
    const said = project.read("dist/gh.log");
    expect(said).toContain(`pr create --head ${branch} --title Promote ${sha.slice(0, 12)} to dev`);
    expect(said).toContain("pr edit 7 --title");
    expect(said.match(/The first release here/g)?.length).toBe(2);
  });
});

test.each(["dev", "prod"])(
  "our own files of %s have the form that is promoted",
  async (environment) => {
    const read = (path: string) => Bun.file(join(import.meta.dir, "..", path)).text();
    const pins = pinsIn(await read(overlayOf(environment)), await read(valuesOf(environment)));
    expect(pins.digest).toMatch(/^sha256:(?:[0-9a-f]{64}|PIN_ME)$/);
    expect(pins.worker_object).toBe(`worker/${pins.worker_sha256}/banneton-worker`);
    expect(pins.functions_object).toBe(`functions/${pins.functions_sha256}.zip`);
  },
);

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
