import { CloudEvent, HTTP } from "cloudevents";
import { AppError } from "./errors.ts";

/** An event of CloudEvents 1.0, without what nobody here reads. */
export interface ReceivedEvent {
  /** With the source, the same each time it is delivered. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  /** RFC 3339; undefined if the sender did not say. */
  readonly time: string | undefined;
  /** JSON, or undefined. */
  readonly data: unknown;
}

export interface SentEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: unknown;
}

/** How an event looks as an HTTP message in binary mode. */
export interface EventMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function eventMessage(event: SentEvent): EventMessage {
  const { headers, body } = HTTP.binary(
    new CloudEvent({ ...event, datacontenttype: "application/json" }),
  );
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { headers: Object.fromEntries(texts), body: String(body) };
}

/**
 * Reads an event in binary or structured mode (CloudEvents HTTP binding 1.0.2). Throws
 * `event.malformed` (422) for what is none, or several at once.
 */
export async function readEvent(request: Request): Promise<ReceivedEvent> {
  const headers = Object.fromEntries(request.headers);
  const body = await request.text();
  const event = parse(headers, body);
  const { id, source, type, subject, time, data } = event;
  return { id, source, type, subject, time, data };
}

function parse(headers: Record<string, string>, body: string): CloudEvent<unknown> {
  let event: unknown;
  try {
    event = HTTP.toEvent({ headers, body });
    if (event instanceof CloudEvent && event.validate()) return event;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function malformed(cause?: unknown): AppError {
  const text = "This is no CloudEvent of version 1.0 in binary or structured mode.";
  return new AppError("invalid", "event.malformed", text, { cause });
}
