import { fileAt, git } from "./git.ts";

// Old and new code run side by side during a canary, and a rollback brings the old one back: what it
// reads must not go away under it. A line that does so on purpose has this comment in its file.
const marker = /^--[ \t]*contract:[ \t]*\S/m;

const contractions: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  // Fewer demands on a column are no harm, and a temporary table ends by itself.
  { what: "drops", pattern: /(?<!\bon\s+commit\s+)\bdrop\s+(?!not\s+null\b)/i },
  { what: "renames", pattern: /\brename\b/i },
  { what: "sets NOT NULL", pattern: /\bset\s+not\s+null\b/i },
  { what: "changes a type", pattern: /\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/i },
  { what: "moves to another schema", pattern: /\bset\s+schema\b/i },
  {
    what: "adds a column that old code does not fill",
    pattern: /\badd\s+column\b(?![^;]*\bdefault\b)[^;]*\bnot\s+null\b/i,
  },
];

/** Why old code may not run after a migration; empty if it can. */
export function contractionsOf(sql: string): readonly string[] {
  const bare = sql.replaceAll(/--.*$/gm, "").replaceAll(/\/\*[\s\S]*?\*\//g, " ");
  return [
    ...new Set(contractions.filter(({ pattern }) => pattern.test(bare)).map(({ what }) => what)),
  ];
}

export function isContracting(sql: string): boolean {
  return marker.test(sql);
}

export interface MigrationStep {
  readonly path: string;
  readonly isContracting: boolean;
}

/** The migrations that one release has and another, older one has not. */
export function migrationsBetween(
  folder: string,
  older: string,
  newer: string,
): readonly MigrationStep[] {
  const args = ["diff", "--name-only", "--diff-filter=A", older, newer, "--", "migrations"];
  return git(folder, args)
    .split("\n")
    .filter((path) => /^migrations\/[^/]+\.sql$/.test(path))
    .map((path) => ({ path, isContracting: isContracting(fileAt(folder, newer, path) ?? "") }));
}
