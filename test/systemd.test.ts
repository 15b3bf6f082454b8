import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebEnvironment } from "#platform/config.ts";
import { secretNames, WorkerEnvironment } from "#platform/config-worker.ts";

const unit = readFileSync(join(import.meta.dir, "../systemd/banneton-worker.service"), "utf8");
const of = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value ?? "");

// What systemd says of it: bun run verify:infra --only systemd.
describe("the worker's unit", () => {
  test("secrets are credentials of the names that the worker reads, and in no environment", () => {
    const names = of("LoadCredential").map((value) => value.split(":")[0] ?? "");
    expect(names).toContain("DATABASE_URL");
    for (const name of names) expect([...secretNames] as string[]).toContain(name);
    expect(
      of("Environment").filter((value) => secretNames.some((name) => value.includes(name))),
    ).toEqual([]);
    const known = { ...WebEnvironment.properties, ...WorkerEnvironment.properties };
    for (const name of secretNames) expect(Object.keys(known)).toContain(name);
  });

  test("it is given longer to stop than its jobs are", () => {
    const grace = WorkerEnvironment.properties.WORKER_STOP_GRACE_MS.default as number;
    expect(Number(of("TimeoutStopSec")[0]) * 1_000).toBeGreaterThan(grace + 5_000);
  });
});
