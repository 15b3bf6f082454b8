const dayMs = 86_400_000;

/** The calendar date that many days after another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

export const earlierOf = (a: string, b: string) => (a < b ? a : b);
export const laterOf = (a: string, b: string) => (a > b ? a : b);
