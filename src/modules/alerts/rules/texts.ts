import type { Alert } from "../model.ts";

const linesMax = 40;

/** What a notice says, for people. */
export function textOf(alerts: readonly Alert[]): string {
  const lines = alerts.slice(0, linesMax).map(sentenceOf);
  const rest = alerts.length - lines.length;
  return [...lines, ...(rest > 0 ? [`And ${rest} more.`] : [])].join("\n");
}

export function subjectOf(alerts: readonly Alert[]): string {
  const [first] = alerts;
  if (alerts.length === 1 && first !== undefined) return sentenceOf(first);
  return `${alerts.length} alerts${first?.siteName ? ` at ${first.siteName}` : ""}`;
}

function sentenceOf(alert: Alert): string {
  const { kind, siteName, itemName, unit, quantity, reorderLevel, expiresOn, since } = alert;
  const what = `${itemName} at ${siteName}`;
  const amount = (value: string | null) => `${value} ${unit}`;
  switch (kind) {
    case "low_stock":
      return `Low stock: ${what}, ${amount(quantity)} available, reorder at ${amount(reorderLevel)}.`;
    case "lot_expiring":
      return `Expires soon: ${what}, ${amount(quantity)}, good through ${expiresOn}.`;
    case "lot_expired":
      return `Expired: ${what}, ${amount(quantity)}, was good through ${expiresOn}.`;
    case "shortfall_open":
      return `Sold but not on the books: ${what}, ${amount(quantity)}, since ${since}.`;
    case "worker_lag":
      return `Events wait for a worker, the oldest since ${since}.`;
    case "verify_failed":
      return `The books were verified at ${since} and do not hold. \`banneton verify\` says where.`;
  }
}

/** Slack reads these three as markup. */
export function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
