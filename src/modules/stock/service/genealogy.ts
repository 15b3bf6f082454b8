import type { Db, Tx } from "#platform/db.ts";
import { closureOf, type Direction, type LotEdge, listEdgesInto } from "../queries/closure.ts";
import { type GenealogyLinks, insertEdges, insertMirroredEdges } from "../queries/genealogy.ts";
import type { Mirror } from "../queries/mirror.ts";

/**
 * Step: writes which layers went into which; nothing made or nothing taken leaves no edge (domain
 * rules 7).
 */
export async function linkGenealogy(tx: Tx, links: GenealogyLinks): Promise<void> {
  if (links.movementIds.length === 0 || links.produced.length === 0) return;
  await insertEdges(tx, links);
}

/** Step: takes the edges of reversed movements back. */
export async function unlinkGenealogy(tx: Tx, mirrors: readonly Mirror[]): Promise<void> {
  await insertMirroredEdges(tx, mirrors);
}

/**
 * Step: all lots that can be reached from one, itself included, each with the least number of
 * steps to it, nearest first. Give it one snapshot. Edges of reversed runs are not followed.
 */
export function traceLots(
  db: Db,
  lotId: string,
  direction: Direction,
): Promise<Map<string, number>> {
  return closureOf(db, lotId, direction);
}

/** Step: what went into lots, by lot, in the stock unit of what went in. */
export function listPartsOf(db: Db, lotIds: readonly string[]): Promise<LotEdge[]> {
  return listEdgesInto(db, lotIds);
}
