import type { Place, WebProcess } from "./place.ts";
import type { Captured } from "./product.ts";
import type { Effort } from "./rounds.ts";

/** What every measurement stands on. */
export interface Bench {
  readonly place: Place;
  readonly web: WebProcess;
  readonly captured: Captured;
  readonly wrk: string;
  readonly pgbench: string;
  readonly effort: Effort;
  readonly isQuick: boolean;
  /** Connections of the product's pool. */
  readonly poolMax: number;
}
