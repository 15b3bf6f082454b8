/** Of a site's stock. */
export const stockKinds = ["low_stock", "lot_expiring", "lot_expired", "shortfall_open"] as const;

/** Of Banneton itself: no site's. */
export const systemKinds = ["worker_lag", "verify_failed"] as const;

export const alertKinds = [...stockKinds, ...systemKinds] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertStates = ["open", "acknowledged", "closed"] as const;

/** What is wrong now, by what the books say. */
export interface Cause {
  readonly kind: AlertKind;
  readonly itemId: string | null;
  readonly lotId: string | null;
  readonly quantity: string | null;
  readonly reorderLevel: string | null;
  readonly expiresOn: string | null;
  readonly since: string | null;
}

/** What tells causes apart: one alert is open for each. */
export function causeKey(siteId: string | null, { kind, itemId, lotId }: Cause): string {
  return `${kind}:${siteId ?? "company"}:${lotId ?? itemId ?? ""}`;
}
