import { isDeepStrictEqual } from "node:util";
import type { RemoteClient } from "../harness/remote.ts";
import { placeOf } from "./checker.ts";
import { isOpen, type Told } from "./journal.ts";
import { readRecorded } from "./recorded.ts";
import type { Stream } from "./schedule.ts";
import type { Sql } from "./sql.ts";
import { ask } from "./till.ts";

const sampled = 25;

/**
 * I4: sends every open intent again, on a healthy line. What existed answers as a replay, what did
 * not happens now or is refused; sent once more, it answers the same. Also a sample of what was
 * acknowledged. The intents are told of in place, so that `checkJournals` can compare them.
 */
export async function replayOpen(
  client: RemoteClient,
  sql: Sql,
  told: readonly Told[],
  { siteId, stream }: { readonly siteId: string; readonly stream: Stream },
): Promise<string[]> {
  const before = (await readRecorded(sql, siteId)).byId;
  const findings: string[] = [];
  for (const each of told.filter(isOpen)) {
    findings.push(...(await replayOne(client, each, before.has(placeOf(each)))));
  }
  const acknowledged = told.filter((each) => (each.acknowledged?.status ?? 0) > 0);
  for (let count = 0; count < Math.min(sampled, acknowledged.length); count++) {
    findings.push(...(await sameAgain(client, stream.pick(acknowledged))));
  }
  return findings;
}

async function replayOne(client: RemoteClient, told: Told, existed: boolean): Promise<string[]> {
  const answer = await ask(client, told);
  const { status, headers, body } = answer;
  const name = `I4 ${told.journal} ${told.name} ${told.id}`;
  if (status < 300) {
    const replayed = headers.has("idempotency-replayed");
    told.acknowledged = { status, replayed, body };
    if (replayed !== existed) {
      return [`${name}: ${existed ? "existed, yet ran again" : "did not exist, yet was a replay"}`];
    }
    return sameAgain(client, told);
  }
  if (existed) return [`${name}: existed, yet its replay is ${status} ${body.code}`];
  if (status >= 500) return [`${name}: its replay is ${status} ${body.code}`];
  told.refused = String(body.code);
  return [];
}

async function sameAgain(client: RemoteClient, told: Told): Promise<string[]> {
  const { status, headers, body } = await ask(client, told);
  const name = `I4 ${told.journal} ${told.name} ${told.id}`;
  if (!headers.has("idempotency-replayed")) return [`${name}: answered anew, ${status}`];
  const first = told.acknowledged;
  const isSame = status === first?.status && isDeepStrictEqual(body, first.body);
  return isSame ? [] : [`${name}: answered otherwise the second time`];
}
