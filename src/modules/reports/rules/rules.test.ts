import { expect, test } from "bun:test";
import { addDays } from "./calendar.ts";
import { ticksBetween } from "./scale.ts";
import { countsOf, trafficOf } from "./traffic.ts";

test("days are counted over months, leap years and changes of clocks", () => {
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
  expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
});

test("a scale has 0, holds all values and shows round numbers", () => {
  expect(ticksBetween(0, 930)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(ticksBetween(-7, 21)).toEqual([-10, 0, 10, 20, 30]);
  expect(ticksBetween(0, 0.7)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(ticksBetween(0, 0)).toEqual([0, 1]);
});

test("traffic adds up over statuses, and failures are the server's own", () => {
  const labels = { method: "GET", route: "/api/v1/items" };
  const of = (metricName: string, value: number, more: object) => ({
    metricName: `http_request_duration_seconds_${metricName}`,
    value,
    labels: { ...labels, ...more },
  });
  const values = [
    ...[of("bucket", 18, { status: 200, le: 0.01 }), of("bucket", 19, { status: 200, le: 0.1 })],
    ...[of("bucket", 19, { status: 200, le: "+Inf" }), of("bucket", 1, { status: 503, le: 0.1 })],
    ...[of("sum", 0.5, { status: 200 }), of("sum", 0.1, { status: 503 })],
    ...[of("count", 19, { status: 200 }), of("count", 1, { status: 503 })],
  ];
  const metrics = [{ name: "http_request_duration_seconds", help: "", values }];
  expect(trafficOf(metrics)).toEqual([
    { route: "GET /api/v1/items", requests: 20, failures: 1, meanMs: 30, ms95: 100 },
  ]);
  expect(trafficOf([])).toEqual([]);
});

test("only the business' own counters are events", () => {
  const counter = (name: string, help: string, value: number) => {
    return { name, help, values: [{ value, labels: {} }] };
  };
  const metrics = [
    counter("banneton_sales_voided_total", "Sales voided", 2),
    counter("process_cpu_seconds_total", "CPU", 9),
    counter("banneton_runs_recorded_total", "Runs recorded", 5),
  ];
  expect(countsOf(metrics)).toEqual([
    { what: "Runs recorded", count: 5 },
    { what: "Sales voided", count: 2 },
  ]);
});
