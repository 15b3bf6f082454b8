import type { Tx } from "#platform/db.ts";
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
