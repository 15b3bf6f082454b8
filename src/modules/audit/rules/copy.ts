import { Value } from "@sinclair/typebox/value";
import type { ReceivedEvent, SentEvent } from "#platform/cloud-events.ts";
import type { FieldProblem } from "#platform/errors.ts";
import { AuditEntry } from "../model.ts";

/** `banneton.item.price_changed`: what kind of event an entry is outside. */
const typePrefix = "banneton.";

/** An entry as a CloudEvent; the same each time. */
export function eventOf(entry: AuditEntry, source: string): SentEvent {
  return {
    id: entry.id,
    source,
    type: `${typePrefix}${entry.action}`,
    subject: `${entry.subjectKind}/${entry.subjectId}`,
    time: entry.recordedAt,
    data: entry,
  };
}

const problemsMax = 20;

/** What is wrong with an event that should hold an entry; undefined if it is no such event at all. */
export function problemsOf(event: ReceivedEvent): readonly FieldProblem[] | undefined {
  if (!event.type.startsWith(typePrefix)) return undefined;
  const problems: FieldProblem[] = [];
  const wrong = (pointer: string, code: string, message: string) =>
    problems.push({ pointer, code, message });
  for (const { path, message } of Value.Errors(AuditEntry, event.data)) {
    if (problems.length < problemsMax) wrong(`/data${path}`, "schema", message);
  }
  if (problems.length > 0) return problems;
  const entry = event.data as AuditEntry;
  if (event.id !== entry.id) wrong("/id", "differs", "Is not the entry's");
  if (event.type !== `${typePrefix}${entry.action}`) {
    wrong("/type", "differs", "Is not the entry's action");
  }
  return problems;
}

/** The line that is kept: JSON with its fields in one order. */
export function lineOf(entry: AuditEntry): string {
  const { seq, id, action, subjectKind, subjectId, siteId, actorKind, actorId } = entry;
  const { credentialId, network, traceId, before, after, recordedAt } = entry;
  const who = { seq, id, action, subjectKind, subjectId, siteId, actorKind, actorId };
  const rest = { credentialId, network, traceId, before: before ?? null, after: after ?? null };
  return `${JSON.stringify({ ...who, ...rest, recordedAt })}\n`;
}

/** `audit/2026/11/28/<id>.json`, by the day in UTC on which the entry was recorded. */
export function objectOf({ id, recordedAt }: Pick<AuditEntry, "id" | "recordedAt">): string {
  return `audit/${recordedAt.slice(0, 10).replaceAll("-", "/")}/${id}.json`;
}
