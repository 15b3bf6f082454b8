/** A metric as the process keeps it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Partial<Record<string, string | number>>>;
    readonly metricName?: string;
  }[];
}

export interface RouteTraffic {
  readonly route: string;
  readonly requests: number;
  /** Answered with 500 and above. */
  readonly failures: number;
  readonly meanMs: number;
  /** The bound under which 95 of 100 were answered; null if that is beyond the last. */
  readonly ms95: number | null;
}

interface Counted {
  requests: number;
  failures: number;
  seconds: number;
  readonly buckets: Map<number, number>;
}

const requests = "http_request_duration_seconds";

/** What was asked of this process by route, most asked first. */
export function trafficOf(metrics: readonly Metric[]): RouteTraffic[] {
  const routes = new Map<string, Counted>();
  for (const { value, labels, metricName } of valuesOf(metrics)) {
    const route = `${labels["method"]} ${labels["route"]}`;
    const counted = routes.get(route) ?? {
      requests: 0,
      failures: 0,
      seconds: 0,
      buckets: new Map(),
    };
    routes.set(route, counted);
    if (metricName === `${requests}_sum`) counted.seconds += value;
    if (metricName === `${requests}_bucket` && labels["le"] !== "+Inf") {
      const bound = Number(labels["le"]);
      counted.buckets.set(bound, (counted.buckets.get(bound) ?? 0) + value);
    }
    if (metricName !== `${requests}_count`) continue;
    counted.requests += value;
    if (Number(labels["status"]) >= 500) counted.failures += value;
  }
  return [...routes]
    .map(([route, counted]) => ({
      route,
      requests: counted.requests,
      failures: counted.failures,
      meanMs: (counted.seconds / counted.requests) * 1000,
      ms95: boundOf(counted, 0.95),
    }))
    .sort((a, b) => b.requests - a.requests || (a.route < b.route ? -1 : 1));
}

function valuesOf(metrics: readonly Metric[]) {
  return metrics.find(({ name }) => name === requests)?.values ?? [];
}

function boundOf({ requests: all, buckets }: Counted, share: number): number | null {
  const bounds = [...buckets].sort(([a], [b]) => a - b);
  const [bound] = bounds.find(([, count]) => count >= all * share) ?? [];
  return bound === undefined ? null : bound * 1000;
}

/** The business' own counters since the process began. */
export function countsOf(metrics: readonly Metric[]) {
  return metrics
    .filter(({ name }) => /^banneton_.*_total$/.test(name))
    .map(({ help, values }) => ({
      what: help,
      count: values.reduce((sum, { value }) => sum + value, 0),
    }))
    .sort((a, b) => b.count - a.count || (a.what < b.what ? -1 : 1));
}
