import { Type } from "@sinclair/typebox";
import { Secret } from "./config-secret.ts";

const integer = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });
const text = (description: string) => Type.String({ minLength: 1, description });

/** Whom Banneton tells of alerts, and whom it may call. Part of the environment of every process. */
export const outboundEnvironment = {
  SLACK_WEBHOOK_URL: Type.Optional(
    Type.String({
      pattern: "^https?://",
      description: "Incoming webhook of Slack that is told of alerts (secret)",
    }),
  ),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: "^smtps?://",
      description: "Mail server that sends alerts, smtps://user:password@host:port (secret)",
    }),
  ),
  ALERT_EMAIL_TO: Type.Optional(text("Who gets alerts by e-mail, comma separated")),
  ALERT_EMAIL_FROM: Type.Optional(text("Sender of these e-mails")),
  ALERT_EXPIRING_DAYS: integer("An open lot is near its expiry so many days before", 2, 0, 365),
  ALERT_SHORTFALL_HOURS: integer(
    "Hours a shortfall may be open before it is an alert",
    24,
    1,
    8_760,
  ),
  ALERT_LAG_SECONDS: integer(
    "Seconds an event may wait for a worker before an alert",
    300,
    10,
    86_400,
  ),
  OUTBOUND_ALLOW: Type.Optional(
    text(
      "host:port, exact, comma separated, that may be private and plain http; not in production",
    ),
  ),
};

interface Given {
  readonly NODE_ENV: unknown;
  readonly SLACK_WEBHOOK_URL?: string;
  readonly SMTP_URL?: string;
  readonly ALERT_EMAIL_TO?: string;
  readonly ALERT_EMAIL_FROM?: string;
  readonly ALERT_EXPIRING_DAYS: number;
  readonly ALERT_SHORTFALL_HOURS: number;
  readonly ALERT_LAG_SECONDS: number;
  readonly OUTBOUND_ALLOW?: string;
}

export interface EmailConfig {
  readonly smtpUrl: Secret;
  readonly to: readonly string[];
  readonly from: string;
}

export interface AlertsConfig {
  readonly slackUrl: Secret | undefined;
  readonly email: EmailConfig | undefined;
  readonly expiringDays: number;
  readonly shortfallHours: number;
  readonly lagSeconds: number;
}

export interface OutboundConfig {
  /** `host:port` in lower case; none in production. */
  readonly allow: readonly string[];
}

export function alertsOf(values: Given): AlertsConfig {
  const { SLACK_WEBHOOK_URL: slack } = values;
  return {
    slackUrl: slack === undefined ? undefined : new Secret(slack),
    email: emailOf(values),
    expiringDays: values.ALERT_EXPIRING_DAYS,
    shortfallHours: values.ALERT_SHORTFALL_HOURS,
    lagSeconds: values.ALERT_LAG_SECONDS,
  };
}

function emailOf(values: Given): EmailConfig | undefined {
  const { SMTP_URL: url, ALERT_EMAIL_TO: to, ALERT_EMAIL_FROM: from } = values;
  if (url === undefined || to === undefined || from === undefined) return undefined;
  return { smtpUrl: new Secret(url), to: listOf(to), from };
}

export function outboundOf({ OUTBOUND_ALLOW }: Given): OutboundConfig {
  return { allow: listOf(OUTBOUND_ALLOW).map((each) => each.toLowerCase()) };
}

const exactPlace = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

/** What each value alone cannot tell. */
export function outboundProblems(values: Given): string[] {
  const problems: string[] = [];
  const allow = listOf(values.OUTBOUND_ALLOW);
  if (values.NODE_ENV === "production" && allow.length > 0) {
    problems.push("OUTBOUND_ALLOW: is for development and tests, and refused in production");
  }
  if (!allow.every((each) => exactPlace.test(each))) {
    problems.push("OUTBOUND_ALLOW: each is host:port, exact");
  }
  for (const name of ["SLACK_WEBHOOK_URL", "SMTP_URL"] as const) {
    const url = values[name];
    if (url !== undefined && !URL.canParse(url)) problems.push(`${name}: is no URL`);
  }
  const email = [values.SMTP_URL, values.ALERT_EMAIL_TO, values.ALERT_EMAIL_FROM];
  const missing = email.filter((each) => each === undefined).length;
  if (missing > 0 && missing < email.length) {
    problems.push("SMTP_URL: needs ALERT_EMAIL_TO and ALERT_EMAIL_FROM, and the other way round");
  }
  return problems;
}

function listOf(given: string | undefined): readonly string[] {
  return (given ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
