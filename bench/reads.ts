import { openBareQuery } from "./bare.ts";
import type { Bench } from "./bench.ts";
import type { Sent } from "./capture.ts";
import { type Measured, median, sideBySide } from "./rounds.ts";
import { wrkReads } from "./wrk.ts";

const connections = 32;
const limit = 0.6;

/** A read over HTTP against its bare query through pg, 32 at a time on a pool of the same size. */
export async function measureRead(
  bench: Bench,
  name: string,
  path: string,
  sent: readonly Sent[],
): Promise<Measured[]> {
  const bare = openBareQuery({
    url: bench.place.appUrl,
    sent,
    connections: bench.poolMax,
    concurrency: connections,
  });
  try {
    const effort = {
      rounds: Math.ceil(bench.effort.rounds / 2),
      seconds: Math.ceil(bench.effort.seconds / 2),
    };
    const sides = {
      a: (seconds: number) =>
        wrkReads({ program: bench.wrk, base: bench.web.base, connections, seconds }, path),
      b: (seconds: number) => bare.run(seconds * 1000),
    };
    await sides.a(1);
    await sides.b(1);
    const rounds = await sideBySide(effort, sides);
    const ratio = median(rounds.map(({ a, b }) => a.perSecond / b));
    const told = { limit: 0, ratio: 0, unit: "ms" };
    return [
      {
        name,
        value: median(rounds.map(({ a }) => a.perSecond)),
        limit,
        ratio,
        unit: "reads/s over HTTP",
      },
      {
        name: `${name}-bare`,
        value: median(rounds.map(({ b }) => b)),
        limit: 0,
        ratio: 1,
        unit: "queries/s",
      },
      { ...told, name: `${name}-p99`, value: median(rounds.map(({ a }) => a.p99)) },
    ];
  } finally {
    await bare.stop();
  }
}
