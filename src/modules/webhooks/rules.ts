import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** What a webhook may be told of: alerts, and events by their names. */
export const webhookKinds = [
  ...["alert.opened", "alert.closed"],
  ...["sale.recorded", "sale.voided", "sale.refunded", "history.recorded"],
  ...["receipt.recorded", "receipt.reversed", "waste.recorded", "waste.reversed"],
  ...["count.recorded", "count.reversed", "transfer.recorded", "price.corrected"],
  ...["lot.held", "lot.released", "stock.opened", "run.recorded", "run.reversed"],
  ...["item.added", "item.changed", "item.archived", "item.price_changed"],
  ...["period.closed", "period.reopened", "site.clock_changed"],
] as const;

/** What a test sends, whatever the webhook is told of otherwise. */
export const testKind = "webhook.test";

const secretBytes = 32;

/** A new secret of Standard Webhooks: 256 random bits. */
export function newSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

const hour = 3_600;
/** Seconds between tries: about a day in all. */
const pauses = [10, 30, 120, 600, 1_800, hour, 2 * hour, 4 * hour, 8 * hour, 8 * hour];

/** Seconds until the next try after so many; undefined when it was the last. */
export function pauseAfter(attempts: number): number | undefined {
  return pauses[attempts - 1];
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly secrets: readonly string[];
}

/** The headers of Standard Webhooks, signed with each secret that is in force. */
export function signedHeaders({ id, body, secrets }: Message, now: Date): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, now, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
