import { createTransport } from "nodemailer";
import { authorise } from "#modules/access/index.ts";
import type { EmailConfig } from "#platform/config-outbound.ts";
import type { Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { LogFields } from "#platform/log.ts";
import { postOutbound } from "#platform/outbound.ts";
import * as errors from "../errors.ts";
import type { Alert } from "../model.ts";
import { listByIds } from "../queries/alerts.ts";
import * as queries from "../queries/notices.ts";
import { type Channel, channelsOf } from "../rules/channels.ts";
import { slackText, subjectOf, textOf } from "../rules/texts.ts";

interface Letter {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly alerts: readonly Alert[];
}

/**
 * Sends a notice on its channel unless it is sent. If the process dies between sending and writing that
 * down it is sent again, an e-mail under the same message id. Throws `alerts.not_sent` (503).
 */
export async function sendNotice(ctx: Ctx, noticeId: string): Promise<void> {
  authorise(ctx, "alerts.acknowledge", null);
  const { db } = ctx.app;
  const notice = await db.withTransaction((tx) => queries.claimNotice(tx, noticeId));
  if (notice === undefined) {
    if (await queries.isUnsent(db, noticeId)) throw errors.notSent();
    return;
  }
  const { id, channel, alertIds } = notice;
  const alerts = await listByIds(db, alertIds);
  let isSent = false;
  try {
    await send(ctx, channel, { id, subject: subjectOf(alerts), text: textOf(alerts), alerts });
    isSent = true;
  } finally {
    await db.withTransaction((tx) => queries.settleNotice(tx, id, isSent));
  }
}

/** Sends a sample on every channel that is configured; which ones took it. */
export async function testChannels(
  ctx: Ctx,
): Promise<readonly { readonly channel: Channel; readonly isSent: boolean }[]> {
  authorise(ctx, "alerts.acknowledge", null);
  const text = "This is a test of Banneton's alerts.";
  return Promise.all(
    channelsOf(ctx.app.config.alerts).map(async (channel) => {
      try {
        await send(ctx, channel, { id: newId(), subject: text, text, alerts: [] });
        return { channel, isSent: true };
      } catch (error) {
        ctx.log.error("A test was not sent", error, { name: channel });
        return { channel, isSent: false };
      }
    }),
  );
}

async function send(ctx: Ctx, channel: Channel, letter: Letter): Promise<void> {
  const { alerts } = ctx.app.config;
  if (channel === "log") {
    logOpened(ctx, letter.alerts);
  } else if (channel === "slack" && alerts.slackUrl !== undefined) {
    await sendToSlack(ctx, alerts.slackUrl.reveal(), letter);
  } else if (channel === "email" && alerts.email !== undefined) {
    await sendMail(ctx, alerts.email, letter);
  } else {
    ctx.log.warn("A channel of alerts is no longer configured", { name: channel });
  }
}

/** A line a site and kind. Names of items are not for the log: the list of alerts has them. */
function logOpened({ log }: Ctx, alerts: readonly Alert[]): void {
  const groups = Map.groupBy(alerts, ({ kind, siteId }) => `${kind} ${siteId}`);
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const { kind: name, siteId } = first;
    if (others.length === 0) log.warn("An alert was opened", { name, ...fieldsOf(first) });
    else {
      const of = fieldsOf({ siteId, itemId: null, lotId: null });
      log.warn("Alerts were opened", { name, count: others.length + 1, ...of });
    }
  }
}

function fieldsOf({
  siteId,
  itemId,
  lotId,
}: Pick<Alert, "siteId" | "itemId" | "lotId">): LogFields {
  return {
    ...(siteId !== null && { siteId }),
    ...(itemId !== null && { itemId }),
    ...(lotId !== null && { lotId }),
  };
}

async function sendToSlack(ctx: Ctx, url: string, { text }: Letter): Promise<void> {
  const body = JSON.stringify({ text: slackText(text) });
  const { allow } = ctx.app.config.outbound;
  const { problem, status } = await postOutbound({ url, body, headers: {} }, { allow });
  if (problem === undefined) return;
  ctx.log.warn("Slack did not take a notice", {
    reason: problem,
    ...(status !== undefined && { status }),
  });
  throw errors.notSent();
}

const timeoutMs = 10_000;

async function sendMail(ctx: Ctx, { smtpUrl, to, from }: EmailConfig, letter: Letter) {
  const url = new URL(smtpUrl.reveal());
  const isExcepted = ctx.app.config.outbound.allow.includes(url.host);
  const transport = createTransport({
    url: url.href,
    // Only a server of development may be spoken to in the clear.
    requireTLS: url.protocol === "smtp:" && !isExcepted,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { id, subject, text } = letter;
    const messageId = `<${id}@banneton>`;
    await transport.sendMail({ from, to: [...to], subject, text, messageId });
  } catch (error) {
    throw errors.notSent(error);
  } finally {
    transport.close();
  }
}
