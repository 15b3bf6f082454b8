import { traceLots } from "../src/modules/stock/index.ts";
import { parseWebConfig } from "../src/platform/config.ts";
import { openDatabase } from "../src/platform/db.ts";
import { silentLog } from "../src/platform/log.ts";
import {
  bruteClosure,
  type GenealogyShape,
  lotNumbered,
  lotsOfFamily,
  readEdges,
  seedGenealogy,
} from "../test/harness/genealogy.ts";
import { type Measured, median, told } from "./rounds.ts";

/** 1.1 million edges in ten families, 8 levels deep, one edge in fifty taken back. */
export const millionEdges: GenealogyShape = {
  families: 10,
  levels: 8,
  lotsPerLevel: 2_500,
  parts: 6,
  reversedEvery: 50,
  transferredEvery: 20,
  seed: 7,
};

/** The same number of edges, all of them in reach of one lot. */
export const oneFamily: GenealogyShape = { ...millionEdges, families: 1, lotsPerLevel: 25_000 };

export interface TracePlace {
  readonly ownerUrl: string;
  readonly appUrl: string;
}

/**
 * The time of a trace among a million edges, after comparing it with a walk over all of them.
 * Fills the database, so give it one of its own. Throws if a single lot or level differs.
 */
export async function measureTrace(
  place: TracePlace,
  shape: GenealogyShape = millionEdges,
): Promise<Measured[]> {
  const { edges } = await seedGenealogy(place.ownerUrl, shape);
  const config = parseWebConfig({ DATABASE_URL: place.appUrl }).database;
  const db = openDatabase(config, { log: silentLog });
  try {
    const all = await readEdges(place.ownerUrl);
    const lines: Measured[] = [told("genealogy-edges", edges, "edges")];
    for (const direction of ["forward", "backward"] as const) {
      const lot = lotNumbered(direction === "forward" ? 0 : lotsOfFamily(shape) - 1);
      const trace = () => db.withSnapshot((snapshot) => traceLots(snapshot, lot, direction));
      const found = await trace();
      const { levels } = bruteClosure(all, lot, direction);
      const isSame = [...levels].every(([id, level]) => found.get(id) === level);
      if (!isSame || found.size !== levels.size) {
        throw new Error(`the trace ${direction} found ${found.size} lots of ${levels.size}`);
      }
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const started = performance.now();
        await trace();
        times.push(performance.now() - started);
      }
      lines.push(told(`trace-${direction}-lots`, levels.size, "lots"));
      lines.push(told(`trace-${direction}`, median(times), "ms"));
    }
    return lines;
  } finally {
    await db.close();
  }
}
