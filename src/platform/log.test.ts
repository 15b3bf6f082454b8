import { expect, test } from "bun:test";
import { AppError } from "./errors.ts";
import { createLog } from "./log.ts";

function linesOf(errors: readonly Error[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const service = { service: "banneton-web", version: "abc" };
  const now = () => new Date(0);
  const log = createLog({ level: "info", now, service, write: (line) => void lines.push(line) });
  for (const error of errors) log.error("Request failed", error, { traceId: "t" });
  return lines.map((line) => JSON.parse(line));
}

test("an error nobody expected is reported to Error Reporting, without what it holds", () => {
  const [line] = linesOf([new TypeError("insert into people values ('Rosa')")]);
  expect(line?.["@type"]).toMatch(/ReportedErrorEvent$/);
  expect(line?.["serviceContext"]).toEqual({ service: "banneton-web", version: "abc" });
  expect(line?.["stack_trace"]).toMatch(/^TypeError\n\s+at /);
  expect(JSON.stringify(line)).not.toContain("Rosa");
  expect(JSON.stringify(line)).not.toContain("isReported");
});

test("an error that is an answer is none to report", () => {
  const [line] = linesOf([new AppError("conflict", "stock.short", "Too little.")]);
  expect(line?.["@type"]).toBeUndefined();
});
