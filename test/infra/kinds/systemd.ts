import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceIn } from "../plant.ts";
import type { Kind, Report } from "../tally.ts";
import { commandOf, run } from "../tools.ts";
import { checkCloudInit } from "./systemd-cloud-init.ts";
import { checkFetch } from "./systemd-fetch.ts";

const exposureMax = 2;
const units = ["banneton-worker-fetch.service", "banneton-worker.service"];

/** The worker's machine: its units, what its first boot writes, and what brings its binary. */
export const systemd: Kind = {
  name: "systemd",
  async check(root, report) {
    checkUnits(root, report);
    checkShell(root, report);
    checkCloudInit(root, report);
    await checkFetch(root, report);
  },
  plants: [
    {
      fault: "a directive of the unit with a typing error",
      plant: (root) =>
        replaceIn(root, `systemd/${units[1]}`, "NoNewPrivileges=yes", "NoNewPriviliges=yes"),
      caught: /NoNewPriviliges/,
    },
    {
      fault: "the worker without its sandbox",
      plant: (root) =>
        replaceIn(root, `systemd/${units[1]}`, /^(Protect|Private|Restrict|SystemCall).*\n/gm, ""),
      caught: /exposure/,
    },
    {
      fault: "the fetching unit with every capability of root",
      plant: (root) => {
        replaceIn(root, `systemd/${units[0]}`, "CapabilityBoundingSet=\n", "");
        replaceIn(root, `systemd/${units[0]}`, /^SystemCall.*\n/gm, "");
      },
      caught: /exposure/,
    },
    {
      fault: "a worker that does not wait for its binary",
      plant: (root) =>
        replaceIn(root, `systemd/${units[1]}`, "Requires=banneton-worker-fetch.service\n", ""),
      caught: /requires/,
    },
    {
      fault: "a binary that is installed whatever its hash",
      plant: (root) =>
        replaceIn(root, "systemd/banneton-worker-fetch.sh", /^ {2}has_hash .*\|\|.*\n/m, ""),
      caught: /wrong hash/,
    },
    {
      fault: "a binary that is written where the old one is",
      plant: (root) =>
        replaceIn(root, "systemd/banneton-worker-fetch.sh", /\$binary\.part/g, "$binary"),
      caught: /keeps the old|installed whole/,
    },
    {
      fault: "a token among the arguments, where every process can read it",
      plant: (root) =>
        replaceIn(
          root,
          "systemd/banneton-worker-fetch.sh",
          /"@\$scratch\/header"/g,
          '"$(cat "$scratch/header")"',
        ),
      caught: /arguments/,
    },
    {
      fault: "secrets that others than root can read",
      plant: (root) =>
        replaceIn(root, "systemd/banneton-worker-fetch.sh", "umask 077", "umask 022"),
      caught: /mode/,
    },
    {
      fault: "cloud-init that leaves a unit out",
      plant: (root) =>
        replaceIn(root, "systemd/cloud-init.yaml.tftpl", ", banneton-worker.service]", "]"),
      caught: /banneton-worker\.service/,
    },
    {
      fault: "cloud-init that is not YAML",
      plant: (root) =>
        replaceIn(root, "systemd/cloud-init.yaml.tftpl", "write_files:", "write_files: ]"),
      caught: /YAML/,
    },
  ],
};

function checkUnits(root: string, report: Report): void {
  const analyze = commandOf("systemd-analyze", "systemd");
  if (analyze === undefined) {
    report.skipped("units", "systemd-analyze is not here");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "banneton-units-"));
  try {
    for (const unit of units) {
      const text = readFileSync(join(root, "systemd", unit), "utf8");
      // The file that is there only on the machine: what is judged is the rest.
      writeFileSync(join(folder, unit), text.replace(/^ExecStart=.*$/m, "ExecStart=/bin/true"));
    }
    for (const unit of units) checkUnit(analyze, folder, unit, report);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const needs = /^Requires=.*banneton-worker-fetch\.service/m;
  const worker = readFileSync(join(root, "systemd/banneton-worker.service"), "utf8");
  if (!needs.test(worker))
    report.failed("banneton-worker.service", "it no longer requires its fetch");
  else report.checked("banneton-worker.service requires its fetch");
}

function checkUnit(analyze: string, folder: string, unit: string, report: Report): void {
  const { code, text } = run([analyze, "verify", "--man=no", join(folder, unit)]);
  if (code !== 0 || text !== "") report.failed(unit, text || `systemd-analyze verify: ${code}`);
  else report.checked(`${unit} verified`);
  const judged = run([analyze, "security", "--offline=true", join(folder, unit)]).text;
  const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(judged)?.[1]);
  if (exposure <= exposureMax) report.checked(`${unit}: exposure ${exposure}`);
  else report.failed(unit, `exposure ${exposure}, of ${exposureMax} at most`);
}

function checkShell(root: string, report: Report): void {
  const path = join(root, "systemd/banneton-worker-fetch.sh");
  const shellcheck = commandOf("shellcheck");
  if (shellcheck === undefined) {
    report.skipped("the fetch script", "shellcheck is not here");
    return;
  }
  const { code, text } = run([shellcheck, "--shell=sh", path]);
  if (code === 0) report.checked("banneton-worker-fetch.sh is clean POSIX shell");
  else report.failed("banneton-worker-fetch.sh", text);
}
