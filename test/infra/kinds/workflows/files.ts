import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group?: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** An expression as workflows write it. */
export function expression(inner: string): string {
  return `\${{ ${inner} }}`;
}

const folder = ".github/workflows";

export function workflowsOf(root: string): readonly Workflow[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".yml"))
    .sort()
    .map((file) => {
      const path = `${folder}/${file}`;
      const text = readFileSync(join(root, path), "utf8");
      const parsed = parse(text) as Omit<Workflow, "name" | "path" | "text">;
      return { ...parsed, name: file.slice(0, -".yml".length), path, text };
    });
}

/** Each step with where it stands. */
export function stepsOf({
  jobs,
}: Workflow): readonly { readonly job: string; readonly step: Step }[] {
  return Object.entries(jobs).flatMap(([job, { steps }]) => steps.map((step) => ({ job, step })));
}

export function needsOf({ needs = [] }: Job): readonly string[] {
  return typeof needs === "string" ? [needs] : needs;
}
