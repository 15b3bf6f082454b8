import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";

/** The id of the paired device that asks. Throws 401 without one, 403 for somebody else. */
export function pairedDevice({ actor }: Ctx): string {
  if (actor.kind === "till" && actor.credentialId !== undefined) return actor.credentialId;
  throw actor.kind === "guest" ? errors.unpaired() : errors.tillOnly();
}
