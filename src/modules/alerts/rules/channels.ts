import type { AlertsConfig } from "#platform/config-outbound.ts";

/** Ways to tell people. Programs have webhooks. */
export type Channel = "log" | "slack" | "email";

/** Those that are configured; the log always is. */
export function channelsOf({ slackUrl, email }: AlertsConfig): readonly Channel[] {
  return [
    "log",
    ...(slackUrl === undefined ? [] : ["slack" as const]),
    ...(email === undefined ? [] : ["email" as const]),
  ];
}
