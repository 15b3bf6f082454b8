import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { TracingConfig } from "./config-tracing.ts";
import { AppError } from "./errors.ts";

/** One request, from its first to its last moment. */
export interface RequestSpan {
  readonly traceId: string;
  /** What is begun in `work` is a part of this request. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** `route` is the pattern, never the path. */
  end(method: string, route: string, status: number): void;
}

/** Traces by OTLP. Spans hold names from the code, patterns and numbers; never a value. */
export interface Tracing {
  /** W3C Trace Context in. */
  openRequest(traceparent: string | null): RequestSpan;
  runJob<T>(name: string, attempt: number, work: (traceId: string) => Promise<T>): Promise<T>;
  runTransaction<T>(work: () => Promise<T>): Promise<T>;
  /** W3C Trace Context out: for calls of our own services. */
  headers(): Readonly<Record<string, string>>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

interface TracingOptions extends TracingConfig {
  readonly service: string;
  readonly version: string;
}

const exportMs = 2_000;

/** Nothing is sent before the first span ended. */
export function openTracing({ endpoint, ratio, service, version }: TracingOptions): Tracing {
  const url = `${endpoint}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportMs });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: exportMs,
        exportTimeoutMillis: exportMs,
      }),
    ],
  });
  return new OtlpTracing(provider.getTracer("banneton"), () => provider.shutdown());
}

class OtlpTracing implements Tracing {
  readonly stop: () => Promise<void>;
  readonly #tracer: Tracer;
  readonly #under = new AsyncLocalStorage<Context>();
  readonly #w3c = new W3CTraceContextPropagator();

  constructor(tracer: Tracer, stop: () => Promise<void>) {
    this.#tracer = tracer;
    // A collector that is away must not keep the process.
    this.stop = () => stop().catch(() => {});
  }

  openRequest(traceparent: string | null): RequestSpan {
    const carrier = traceparent === null ? {} : { traceparent };
    const parent = this.#w3c.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
    const span = this.#tracer.startSpan("request", { kind: SpanKind.SERVER }, parent);
    return {
      traceId: span.spanContext().traceId,
      run: (work) => this.#under.run(trace.setSpan(parent, span), work),
      end: (method, route, status) => {
        if (span.isRecording()) {
          span.updateName(`${method} ${route}`);
          span.setAttributes({
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
          });
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  }

  runJob<T>(name: string, attempt: number, work: (traceId: string) => Promise<T>): Promise<T> {
    const attributes = { "messaging.destination.name": name, "messaging.attempt": attempt };
    const options = { kind: SpanKind.CONSUMER, attributes };
    const span = this.#tracer.startSpan(`job ${name}`, options, ROOT_CONTEXT);
    return this.#within(span, ROOT_CONTEXT, () => work(span.spanContext().traceId));
  }

  runTransaction<T>(work: () => Promise<T>): Promise<T> {
    const parent = this.#under.getStore();
    // What nobody asked for, as a look for events, would be a trace of its own many times a second.
    if (parent === undefined) return work();
    const options = { kind: SpanKind.CLIENT, attributes: { "db.system.name": "postgresql" } };
    return this.#within(this.#tracer.startSpan("transaction", options, parent), parent, work);
  }

  headers(): Readonly<Record<string, string>> {
    const carrier: Record<string, string> = {};
    const under = this.#under.getStore();
    if (under !== undefined) this.#w3c.inject(under, carrier, defaultTextMapSetter);
    return carrier;
  }

  async #within<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#under.run(trace.setSpan(parent, span), work);
    } catch (error) {
      // Its message may hold a value: the code alone is ours.
      if (error instanceof AppError) span.setAttribute("error.type", error.code);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }
}
