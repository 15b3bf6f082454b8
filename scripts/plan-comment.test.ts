import { afterAll, beforeAll, expect, test } from "bun:test";
import { startProject, type TestProject } from "./shipping/test-project.ts";

let project: TestProject;
beforeAll(() => {
  project = startProject();
});
afterAll(() => project.remove());

test("a plan is a comment that GitHub takes, however long it is and whatever it says", () => {
  project.write("plan.txt", `${"  + line ``` <b>\n".repeat(10_000)}Plan: 3 to add, 1 to change\n`);
  const { code, stdout } = project.run("plan-comment.ts", [
    "--environment",
    "dev",
    "--plan",
    "plan.txt",
  ]);
  expect(code).toBe(0);
  expect(stdout.startsWith("### dev: Plan: 3 to add, 1 to change\n")).toBe(true);
  expect(stdout.length).toBeLessThan(65_536);
  expect(stdout.match(/```/g)?.length).toBe(2);
  expect(stdout).toContain("the job's log has the rest");
});
