export type Environment = Readonly<Record<string, string | undefined>>;

/** Every problem of an environment at once; a process that meets it exits with 78. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n- ${problems.join("\n- ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

interface Tried<T> {
  readonly value?: T;
  readonly problems: readonly string[];
}

/** What a parser gives, or the problems it has: for those that report several parts at once. */
export function tried<T>(parse: () => T): Tried<T> {
  try {
    return { value: parse(), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}
