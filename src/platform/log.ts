import {
  configureSync,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";
import { AppError, InvariantError } from "./errors.ts";

export type { LogLevel };
export type LogFields = Readonly<Partial<Record<LogFieldName, string | number | boolean>>>;

/**
 * Lines for operators. Fields outside the allow-list do not compile and are dropped: ids, not
 * names.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is described without any value it may hold. */
  error(message: string, error?: unknown, fields?: LogFields): void;
  with(fields: LogFields): Log;
  enabled(level: LogLevel): boolean;
}

// biome-ignore format: a list of words
const fieldNames = [
  "traceId", "method", "route", "status", "durationMs", "code", "actorKind", "actorId",
  "siteId", "tillId", "itemId", "lotId", "saleId", "runId", "receiptId", "recipeId", "importId",
  "uploadId", "eventId", "jobId", "name", "attempt", "count", "port", "hostname", "version", "signal", "reason",
  "errorName", "errorCode", "errorMessage", "errorStack", "pointers",
] as const;
export type LogFieldName = (typeof fieldNames)[number];
const allowed: ReadonlySet<string> = new Set(fieldNames);

const severities: Readonly<Record<LogLevel, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

interface LogOptions {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly now: () => Date;
  /** Google Cloud project: with it a trace becomes the full resource name Cloud Logging links. */
  readonly project?: string | undefined;
  /** Who reports errors that nobody expected to Cloud Error Reporting. */
  readonly service?: { readonly service: string; readonly version: string };
}

/**
 * The log of this process: JSON lines in Cloud Logging's fields. Configures LogTape for the
 * process.
 */
export function createLog(options: LogOptions): Log {
  const sink = (record: LogRecord) => options.write(formatLine(record, options));
  configureSync({
    reset: true,
    sinks: { lines: sink },
    loggers: [
      { category: ["banneton"], sinks: ["lines"], lowestLevel: options.level },
      { category: ["logtape", "meta"], sinks: ["lines"], lowestLevel: "warning" },
    ],
  });
  return new FieldLog(getLogger(["banneton"]), options.now, {});
}

/** A log that says nothing, for tests and tools. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silentLog,
  enabled: () => false,
};

class FieldLog implements Log {
  readonly #logger: Logger;
  readonly #now: () => Date;
  readonly #fields: LogFields;

  constructor(logger: Logger, now: () => Date, fields: LogFields) {
    this.#logger = logger;
    this.#now = now;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#emit("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#emit("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#emit("warning", message, fields);
  }

  error(message: string, error?: unknown, fields?: LogFields): void {
    this.#emit("error", message, { ...(error === undefined ? {} : describe(error)), ...fields });
  }

  with(fields: LogFields): Log {
    return new FieldLog(this.#logger, this.#now, { ...this.#fields, ...fields });
  }

  enabled(level: LogLevel): boolean {
    return this.#logger.isEnabledFor(level);
  }

  // `emit` skips LogTape's templates and snapshots: a line is made for each request.
  #emit(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.#logger.isEnabledFor(level)) return;
    this.#logger.emit({
      level,
      message: [message],
      rawMessage: message,
      timestamp: this.#now().getTime(),
      properties: { ...this.#fields, ...fields },
    });
  }
}

// Put together by hand: a line is made for each request, and most of its fields are numbers.
function formatLine(record: LogRecord, { project, service }: LogOptions): string {
  const { properties, level, timestamp } = record;
  const time = new Date(timestamp).toISOString();
  const message = JSON.stringify(record.message.join(""));
  let line = `{"severity":"${severities[level]}","time":"${time}","message":${message}`;
  for (const name in properties) {
    const value = properties[name];
    if (value === undefined || !allowed.has(name)) continue;
    if (name === "traceId") line += traceField(String(value), project);
    else line += `,"${name}":${JSON.stringify(value)}`;
  }
  if (service !== undefined && properties[reported] === true) line += reportOf(properties, service);
  return `${line}}\n`;
}

// A property that is no field of a line.
const reported = "isReported";
const reportType =
  "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent";

/** What Error Reporting groups by: the stack begins with the error's name, as a runtime prints it. */
function reportOf(properties: LogRecord["properties"], service: object): string {
  const { errorName, errorMessage, errorStack } = properties;
  const message = errorMessage === "" ? "" : `: ${errorMessage}`;
  const stack = JSON.stringify(`${errorName}${message}\n${errorStack}`);
  return `,"@type":"${reportType}","serviceContext":${JSON.stringify(service)},"stack_trace":${stack}`;
}

function traceField(traceId: string, project: string | undefined): string {
  const trace = project === undefined ? traceId : `projects/${project}/traces/${traceId}`;
  return `,"logging.googleapis.com/trace":${JSON.stringify(trace)}`;
}

/**
 * The chain of causes without values. Only our own errors' messages are sentences without any: the
 * driver's hold SQL, a library's whatever it was given.
 */
function describe(error: unknown): LogFields & { readonly [reported]: boolean } {
  const names: string[] = [];
  const codes: string[] = [];
  const messages: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    names.push(wordOf(current.name));
    if ("code" in current && typeof current.code === "string") codes.push(wordOf(current.code));
    if (isOurs(current)) messages.push(current.message);
    current = current.cause;
  }
  return {
    errorName: names.join(" < "),
    errorCode: codes.join(" < "),
    errorMessage: messages.join(" < "),
    errorStack: error instanceof Error ? framesOf(error) : "",
    [reported]: !(error instanceof AppError),
  };
}

function isOurs(error: Error): boolean {
  return error instanceof AppError || error instanceof InvariantError;
}

/** A name or a code; anything longer or with other letters may be a value. */
function wordOf(text: string): string {
  return /^[A-Za-z0-9]\w{0,59}$/.test(text) ? text : "?";
}

const frame = /^\s+at [^\n]*:\d+(?::\d+)?\)?$/;

/** Where it happened. A stack begins with the message, which may have lines that look like frames. */
function framesOf({ message, stack = "" }: Error): string {
  const at = message === "" ? -1 : stack.indexOf(message);
  const frames = at === -1 ? stack : stack.slice(at + message.length);
  const lines = frames.split("\n").filter((line) => frame.test(line));
  return lines.slice(0, 12).join("\n");
}
