import { Type } from "@sinclair/typebox";

// The build puts the hash of its commit here: a machine that is given a file alone knows no other.
declare const BUILT_RELEASE: string | undefined;
const builtRelease = typeof BUILT_RELEASE === "undefined" ? "development" : BUILT_RELEASE;

/** Where traces go and what runs. Part of the environment of every process. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: "^https?://",
      description:
        "Collector of traces, OTLP over HTTP, as http://host:4318; without it none are made",
    }),
  ),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    description: "Share of traces that are kept, 0 to 1, where the caller has not decided",
    default: 0.1,
    minimum: 0,
    maximum: 1,
  }),
  RELEASE: Type.String({
    pattern: "^[\\w.-]{1,64}$",
    description: "What runs, in metrics, traces and error reports: the hash of its commit",
    default: builtRelease,
  }),
};

interface Given {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

export interface TracingConfig {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** 0 to 1. */
  readonly ratio: number;
}

export function tracingOf(values: Given): TracingConfig | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = values;
  return endpoint === undefined ? undefined : { endpoint: endpoint.replace(/\/$/, ""), ratio };
}
