import { allocateMicro, type Micro } from "./micro.ts";

/** What bears a part of a late price: how much of the goods it has, and how much it can give back. */
export interface Bearer {
  readonly quantity: Micro;
  /** Undefined if it can give back without end. */
  readonly cost: Micro | undefined;
}

/** ALLOC by quantity, upside down for a price that fell. */
export function allocateSigned(total: Micro, weights: readonly Micro[]): Micro[] {
  if (total >= 0n) return allocateMicro(total, weights);
  return allocateMicro(-total, weights).map((part) => -part);
}

/**
 * Parts of a late price by quantity. Whoever would give back more than it cost gives only that; the
 * others make up for it, the first who can first. What nobody can give is left over.
 */
export function spread(total: Micro, bearers: readonly Bearer[]): { parts: Micro[]; left: Micro } {
  const asked = allocateSigned(
    total,
    bearers.map(({ quantity }) => quantity),
  );
  const parts = asked.map((part, index) => atLeast(part, bearers[index]));
  let left = total - parts.reduce((sum, part) => sum + part, 0n);
  bearers.forEach((bearer, index) => {
    const before = parts[index] ?? 0n;
    const after = atLeast(before + left, bearer);
    parts[index] = after;
    left -= after - before;
  });
  return { parts, left };
}

function atLeast(part: Micro, bearer: Bearer | undefined): Micro {
  if (bearer?.cost === undefined || part >= -bearer.cost) return part;
  return -bearer.cost;
}
