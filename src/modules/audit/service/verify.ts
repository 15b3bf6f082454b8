import type { Db } from "#platform/db.ts";
import { listRange } from "../queries/entries.ts";
import * as queries from "../queries/seals.ts";
import { genesis, SealHash } from "../rules/chain.ts";

/** The first seal or entry that is not what was sealed. */
export interface BrokenSeal {
  readonly table: "audit.seals" | "audit.entries";
  /** The number of the seal, or the id of the entry. */
  readonly id: string;
  readonly problem: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** What the chain of seals proves. */
export interface AuditProof {
  readonly seals: number;
  /** Entries under them. */
  readonly entries: number;
  /** The end of the chain, for a certificate: who keeps it can tell if the chain was rewritten. */
  readonly head: string;
  readonly broken: BrokenSeal | null;
}

const sealsAPage = 500;
const entriesAPage = 2_000;

/**
 * Step: recomputes every seal from the entries on the snapshot of `db`: numbers without gaps, ranges
 * that meet, links, counts and hashes; no entry before the first. What is not sealed yet is no
 * concern of it. Memory holds one page at a time.
 */
export async function verifyAudit(db: Db): Promise<AuditProof> {
  const stray = await queries.findStray(db);
  let last: queries.SealRow | undefined;
  let seals = 0;
  let entries = 0;
  const proof = (broken: BrokenSeal | null): AuditProof => {
    return { seals, entries, head: `audit ${seals} ${last?.hash ?? genesis}`, broken };
  };
  if (stray !== undefined) {
    const problem = "stands before the first entry there can be";
    return proof({ table: "audit.entries", id: stray, problem, expected: null, actual: null });
  }
  for (;;) {
    const page = await queries.listSealsAfter(db, last?.number ?? 0, sealsAPage);
    for (const seal of page) {
      const broken = brokenLink(last, seal) ?? (await brokenRange(db, seal));
      if (broken !== undefined) return proof(broken);
      seals += 1;
      entries += seal.count;
      last = seal;
    }
    if (page.length < sealsAPage) return proof(null);
  }
}

function brokenLink(
  last: queries.SealRow | undefined,
  seal: queries.SealRow,
): BrokenSeal | undefined {
  const number = (last?.number ?? 0) + 1;
  if (seal.number !== number) return brokenSeal(number, "is missing");
  const from = String(BigInt(last?.toSeq ?? 0) + 1n);
  if (seal.fromSeq !== from) {
    return brokenSeal(number, "does not begin where the one before ends", from, seal.fromSeq);
  }
  const previous = last?.hash ?? genesis;
  if (seal.previous === previous) return undefined;
  return brokenSeal(number, "is not linked to the one before", previous, seal.previous);
}

async function brokenRange(db: Db, seal: queries.SealRow): Promise<BrokenSeal | undefined> {
  const hash = new SealHash(seal.previous);
  let after = String(BigInt(seal.fromSeq) - 1n);
  for (;;) {
    const page = await listRange(db, { after, through: seal.toSeq, limit: entriesAPage });
    for (const entry of page) hash.add(entry);
    after = page.at(-1)?.seq ?? after;
    if (page.length < entriesAPage) break;
  }
  if (hash.count !== seal.count) {
    const problem = `does not count the entries ${seal.fromSeq} to ${seal.toSeq}`;
    return brokenSeal(seal.number, problem, String(seal.count), String(hash.count));
  }
  const found = hash.digest();
  if (found === seal.hash) return undefined;
  const problem = `does not fit the entries ${seal.fromSeq} to ${seal.toSeq}`;
  return brokenSeal(seal.number, problem, seal.hash, found);
}

function brokenSeal(
  number: number,
  problem: string,
  expected: string | null = null,
  actual: string | null = null,
): BrokenSeal {
  return { table: "audit.seals", id: String(number), problem, expected, actual };
}
