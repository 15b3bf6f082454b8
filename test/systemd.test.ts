import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebEnvironment } from "#platform/config.ts";
import { secretNames, WorkerEnvironment } from "#platform/config-worker.ts";
import { cachedWorker } from "../scripts/build-worker.ts";
import { workerEntry } from "./harness/worker-process.ts";

const unit = readFileSync(join(import.meta.dir, "../systemd/banneton-worker.service"), "utf8");
const of = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value ?? "");
const exposureMax = 2;

const analyze = findAnalyze();

function findAnalyze(): string | null {
  const isDebian = Bun.which("apt-get") !== null && process.getuid?.() === 0;
  if (Bun.which("systemd-analyze") === null && isDebian) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["apt-get", "install", "-y", "--no-install-recommends", "systemd"];
    for (const command of [["apt-get", "update"], install]) Bun.spawnSync(command, { env });
  }
  const found = Bun.which("systemd-analyze");
  if (found === null) console.warn("systemd-analyze is not here: what it would say is skipped");
  return found;
}

/** With the binary there is here in place of the one that will be there. */
async function analyzed(...args: readonly string[]): Promise<{ code: number; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), "banneton-unit-"));
  const path = join(folder, "banneton-worker.service");
  writeFileSync(
    path,
    unit.replace(/^ExecStart=.*$/m, `ExecStart=${await cachedWorker(workerEntry)}`),
  );
  const run = Bun.spawnSync([analyze ?? "", ...args, path], { stderr: "pipe" });
  rmSync(folder, { recursive: true });
  return { code: run.exitCode, text: `${run.stdout}${run.stderr}` };
}

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

  test.skipIf(analyze === null)("systemd finds nothing wrong with it", async () => {
    expect(await analyzed("verify", "--man=no")).toEqual({ code: 0, text: "" });
  });

  test.skipIf(analyze === null)("its sandbox leaves an exposure of 2.0 at most", async () => {
    const { text } = await analyzed("security", "--offline=true");
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(text)?.[1]);
    expect(exposure).toBeLessThanOrEqual(exposureMax);
  });
});
