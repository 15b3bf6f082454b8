import { readFileSync } from "node:fs";
import { createProgram } from "../../../../src/cli/program.ts";
import type { Terminal } from "../../../../src/cli/terminal.ts";
import { isThere, placeOf } from "./pages.ts";

// Commands are only looked up; none is run, so none of them needs a terminal.
const program = createProgram({} as Terminal);
const launchers = /^(?:npx --yes bun@\S+ run |bun run )?banneton ([a-z].*)$/;
const folders = "argocd|docs|kustomize|loadtest|scripts|src|systemd|terraform|test|\\.github";
const repositoryPath = new RegExp(`^(?:${folders})/[\\w./-]+$`);

/** What is wrong with a line of code that a document tells people to type; undefined if nothing is. */
export function problemWith(root: string, code: string): string | undefined {
  const [, typed] = launchers.exec(code) ?? [];
  if (typed !== undefined) return unknownIn(wordsOf(typed));
  const [, script] = /^(?:npx --yes bun@\S+ run|bun run) ([\w:-]+)/.exec(code) ?? [];
  if (script !== undefined) return scriptsOf(root).has(script) ? undefined : "no such script";
  const [, file] = /\bbun (scripts\/[\w-]+\.ts)/.exec(code) ?? [];
  const path = file ?? (repositoryPath.test(code) ? code : undefined);
  // Words in capitals are for the reader to fill in.
  if (path === undefined || /[A-Z]{3}/.test(path) || isThere(root, path)) return undefined;
  return `there is no ${path}`;
}

/** Whether a line is one that is checked at all. */
export function isCommand(code: string): boolean {
  return launchers.test(code) || /\bbun (?:run |scripts\/)/.test(code) || repositoryPath.test(code);
}

function wordsOf(typed: string): readonly string[] {
  const [command = ""] = typed.split(/\s*(?:[|;#)]|&&|>)/);
  return command.trim().split(/\s+/);
}

function unknownIn(words: readonly string[]): string | undefined {
  let command: typeof program = program;
  let rest = words;
  while (command.commands.length > 0 && /^[a-z]/.test(rest[0] ?? "")) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (next === undefined) return `banneton knows no ${words.join(" ")}`;
    [command, rest] = [next, rest.slice(1)];
  }
  const options = new Set(command.options.map(({ long }) => long));
  const unknown = rest.filter((word) => /^--[a-z]/.test(word) && !options.has(word));
  return unknown.length === 0 ? undefined : `${command.name()} knows no ${unknown.join(", ")}`;
}

function scriptsOf(root: string): ReadonlySet<string> {
  const { scripts = {} } = JSON.parse(readFileSync(placeOf(root, "package.json"), "utf8")) as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  return new Set(Object.keys(scripts));
}
