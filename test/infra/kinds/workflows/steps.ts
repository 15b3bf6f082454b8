import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tools.ts";
import { stepsOf, type Workflow } from "./files.ts";
import { actions } from "./table.ts";

const project = new URL("../../../..", import.meta.url).pathname.replace(/\/$/, "");
const marker = "PIN_ME";

/** Actions that wait for their commit. */
export function waitingActions(workflow: Workflow): readonly string[] {
  return stepsOf(workflow)
    .map(({ step }) => step.uses ?? "")
    .filter((uses) => uses.endsWith(`@${marker}`));
}

/** What a step may not do: an action that can change, text of strangers as code, a token left behind. */
export function stepProblems(workflow: Workflow): readonly string[] {
  const problems: string[] = [];
  for (const { job, step } of stepsOf(workflow)) {
    const { uses, run: command } = step;
    if (uses !== undefined) {
      problems.push(...actionProblems(workflow, uses).map((each) => `${job} ${each}`));
    }
    if (uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false) {
      problems.push(`${job} leaves its token behind: persist-credentials is not false`);
    }
    if (command?.includes("${{")) problems.push(`${job} runs text that it is given: ${command}`);
    if (command !== undefined && command.trim().split("\n").length > 3) {
      problems.push(`${job} has a program in its YAML: ${command.slice(0, 60)}`);
    }
  }
  return problems;
}

function actionProblems({ text }: Workflow, uses: string): readonly string[] {
  const [name = "", commit = ""] = uses.split("@");
  const line = new RegExp(`uses: ${RegExp.escape(uses)} # (v[\\d.]+)$`, "m");
  const version = line.exec(text)?.[1];
  if (version === undefined) return [`${uses} does not say its version`];
  if (commit === marker) return [];
  const known = actions[name];
  if (!/^[0-9a-f]{40}$/.test(commit)) return [`${uses} is not pinned to a commit`];
  // A marker that was resolved since is no entry here: any commit stands for its version.
  if (known === undefined || Bun.deepEquals([version, commit], [...known])) return [];
  return [`${uses} is not ${known.join(" ")}`];
}

const helps = new Map<string, string>();

/** What a script of ours says it can be told. */
function helpOf(script: string): string {
  const known = helps.get(script);
  if (known !== undefined) return known;
  const help = run([process.execPath, join(project, script), "--help"], { cwd: project }).stdout;
  helps.set(script, help);
  return help;
}

interface Call {
  readonly script: string | undefined;
  readonly said: string;
  readonly flags: readonly string[];
}

/** Scripts that are called exist, and know what they are told. */
export function callProblems(root: string, workflow: Workflow): readonly string[] {
  const names = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const problems: string[] = [];
  for (const { job, step } of stepsOf(workflow)) {
    for (const { script, said, flags } of callsOf(step.run ?? "", names.scripts)) {
      if (script === undefined || !existsSync(join(root, script))) {
        problems.push(`${job} calls ${said}, which is not there`);
        continue;
      }
      const unknown = flags.filter((flag) => !new RegExp(`${flag}\\b(?!-)`).test(helpOf(script)));
      if (unknown.length > 0) problems.push(`${script} does not know ${unknown.join(", ")}`);
    }
  }
  return problems;
}

function callsOf(command: string, scripts: Readonly<Record<string, string>>): readonly Call[] {
  const found = command.matchAll(/\bbun (run \S+|scripts\/\S+)([^|;&>]*)/g);
  return [...found].map(([, said = "", rest = ""]) => {
    const name = said.startsWith("run ") ? said.slice("run ".length) : undefined;
    const script =
      name === undefined ? said : /^bun (scripts\/\S+)$/.exec(scripts[name] ?? "")?.[1];
    const flags = [...rest.matchAll(/(?:^|\s)(--[a-z-]+)/g)].map(([, flag = ""]) => flag);
    return { script, said, flags };
  });
}
