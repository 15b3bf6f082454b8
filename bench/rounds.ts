/** One line of the table; `ratio` is value ÷ what it is measured against. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  /** The least ratio that passes; 0 for what is only told. */
  readonly limit: number;
  readonly ratio: number;
  readonly unit: string;
}

/** Prints a line as soon as it is known. */
export type Tell = (measured: Measured) => void;

/** What is only told. */
export function told(name: string, value: number, unit: string): Measured {
  return { name, value, limit: 0, ratio: 0, unit };
}

/** How long and how often. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  /** What the web's compiler gets to see before the first round: some thousand sales. */
  readonly warmUpSeconds: number;
}

export const quickEffort: Effort = { rounds: 2, seconds: 1, warmUpSeconds: 4 };
export const fullEffort: Effort = { rounds: 5, seconds: 4, warmUpSeconds: 10 };

/**
 * Measures two warm sides in turn, A B A B…: whatever else the machine does meets both alike. The
 * ratio is the median of the rounds' own ratios.
 */
export async function sideBySide<A, B>(
  effort: Pick<Effort, "rounds" | "seconds">,
  measure: {
    readonly a: (seconds: number) => Promise<A>;
    readonly b: (seconds: number) => Promise<B>;
  },
): Promise<{ readonly a: A; readonly b: B }[]> {
  const rounds: { a: A; b: B }[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    rounds.push({ a: await measure.a(effort.seconds), b: await measure.b(effort.seconds) });
  }
  return rounds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
