/** What a kind of check says while it runs; every line of it counts. */
export interface Report {
  /** Something was looked at and is right. */
  checked(what: string): void;
  /** Something could not be looked at here, and why: with REQUIRE_TOOLS=1 that fails. */
  skipped(what: string, reason: string): void;
  failed(what: string, problem: string): void;
}

export interface Findings {
  readonly checked: readonly string[];
  readonly skipped: ReadonlyMap<string, string>;
  readonly failed: ReadonlyMap<string, string>;
}

/** A fault put into a copy of the project, to see that the check of its kind finds it. */
export interface Plant {
  /** The fault as a sentence: "an image by tag instead of digest". */
  readonly fault: string;
  /** Changes files under `root`, a copy of the project's own folders. */
  plant(root: string): void;
  /** What the failure must say. */
  readonly caught: RegExp;
}

/** One kind of thing that is checked without a cloud, such as Terraform or alert rules. */
export interface Kind {
  readonly name: string;
  /** Looks at the project whose root folder is given; writes nothing into it. */
  check(root: string, report: Report): Promise<void> | void;
  readonly plants: readonly Plant[];
}

/** Runs one check and keeps what it says; what it throws is a failure of the kind itself. */
export async function findingsOf(kind: Kind, root: string): Promise<Findings> {
  const checked: string[] = [];
  const skipped = new Map<string, string>();
  const failed = new Map<string, string>();
  const report: Report = {
    checked: (what) => void checked.push(what),
    skipped: (what, reason) => void skipped.set(what, reason),
    failed: (what, problem) =>
      void failed.set(what, [failed.get(what), problem].filter(Boolean).join("\n")),
  };
  try {
    await kind.check(root, report);
  } catch (error) {
    failed.set(kind.name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { checked, skipped, failed };
}
