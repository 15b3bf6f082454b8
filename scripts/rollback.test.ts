import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { overlayOf, startProject, type TestProject, valuesOf } from "./shipping/test-project.ts";

let project: TestProject;
beforeEach(() => {
  project = startProject();
});
afterEach(() => project.remove());

function roll(environment: string, ...more: string[]) {
  return project.run("rollback.ts", ["--environment", environment, ...more]);
}

const branchOf = (stdout: string) => /^branch: (.*)$/m.exec(stdout)?.[1] ?? "";

describe("a rollback", () => {
  test("after a promotion gives the files of before, byte by byte", () => {
    project.ship("a");
    const before = [overlayOf("dev"), valuesOf("dev")].map((path) => project.read(path));
    project.ship("b");
    expect([overlayOf("dev"), valuesOf("dev")].map((path) => project.read(path))).not.toEqual(
      before,
    );
    const { code, stdout } = roll("dev");
    expect(code).toBe(0);
    const branch = branchOf(stdout);
    const files = project.git("diff", "--name-only", "main", branch).trim().split("\n");
    expect(files).toEqual([overlayOf("dev"), valuesOf("dev")]);
    const once = project.git("rev-parse", branch);
    expect(roll("dev").code).toBe(0);
    expect(project.git("rev-parse", branch)).toBe(once);
    project.merge(branch);
    expect([overlayOf("dev"), valuesOf("dev")].map((path) => project.read(path))).toEqual(before);
  });

  test("of a rollback goes further back, not to what was left", () => {
    const first = project.ship("a");
    project.ship("b");
    project.ship("c");
    project.merge(branchOf(roll("dev").stdout));
    expect(roll("dev").stdout).toContain(`title: Roll dev back to ${first.slice(0, 12)}`);
  });

  test("keeps what else changed in the files since", () => {
    project.ship("a");
    project.ship("b");
    project.write(overlayOf("dev"), `${project.read(overlayOf("dev"))}      - PODS_MAX=4\n`);
    project.commit("More pods");
    const branch = branchOf(roll("dev").stdout);
    expect(project.changedLines("main", branch).length).toBe(10);
    expect(project.git("show", `${branch}:${overlayOf("dev")}`)).toContain("PODS_MAX=4");
  });

  test("to a release by name, and by the path that Argo CD says", () => {
    const first = project.ship("a");
    project.ship("b");
    const second = project.ship("c");
    const { stdout } = roll("kustomize/overlays/dev", "--to", first, "--dry-run");
    expect(stdout).toContain(`From ${second} back to ${first}.`);
    expect(project.git("branch", "--list", "rollback/*")).toBe("");
  });

  test("of a canary that was left meanwhile does nothing", () => {
    project.ship("a");
    project.ship("b");
    const degraded = project.git("rev-parse", "HEAD").trim();
    expect(roll("dev", "--degraded", degraded, "--dry-run").stdout).toContain("title: Roll dev");
    project.merge(branchOf(roll("dev").stdout));
    const late = roll("dev", "--degraded", degraded);
    expect([late.code, late.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
  });

  test("past a migration that took something away is refused, with what to do", () => {
    const older = project.ship("a");
    const path = "migrations/20260203000000_old.sql";
    project.write(path, "-- contract: nobody reads it\nDROP TABLE a;\n");
    project.ship("b");
    const { code, stderr } = roll("dev");
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(stderr).toContain(`the database no longer has what ${older} needs`);
    expect(stderr).toContain("revert the change of the code");
  });

  test("of a first release is refused", () => {
    project.ship("a");
    expect(roll("dev").stderr).toContain("nothing ran in dev before");
    expect(roll("prod", "--to", "abc").stderr).toContain("no whole commit id");
  });
});
