import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { replaceIn } from "../plant.ts";
import type { Kind, Report } from "../tally.ts";
import { run } from "../tools.ts";

const project = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
const profiles = ["smoke", "steady", "spike", "soak"];
const perMille = 0.001;
const p95Ms = 500;

export const loadtest: Kind = {
  name: "loadtest",
  check(root, report) {
    for (const name of profiles) checkProfile(root, name, report);
    checkJob(root, report);
    // The smoke run is of the project itself, and once: a copy would only run the same.
    if (root === project) runSmoke(report);
  },
  plants: [
    {
      fault: "a profile whose gate lets a second pass",
      plant: (root) =>
        replaceIn(root, "loadtest/profiles/steady.conf", "gate-p95-ms = 500", "gate-p95-ms = 1000"),
      caught: /steady.conf.*gate-p95-ms/,
    },
    {
      fault: "a smoke run that may fail a little",
      plant: (root) =>
        replaceIn(root, "loadtest/profiles/smoke.conf", "gate-errors = 0", "gate-errors = 0.01"),
      caught: /smoke.conf.*gate-errors/,
    },
    {
      fault: "a job that runs as root",
      plant: (root) => replaceIn(root, "loadtest/job.yaml", "runAsUser: 65532", "runAsUser: 0"),
      caught: /job.yaml.*65532/,
    },
    {
      fault: "a job that runs a locustfile it is not given",
      plant: (root) => replaceIn(root, "loadtest/job.yaml", "path: tickets.csv", "path: other.csv"),
      caught: /job.yaml.*tickets.csv/,
    },
  ],
};

function checkProfile(root: string, name: string, report: Report): void {
  const path = `loadtest/profiles/${name}.conf`;
  const text = readFileSync(join(root, path), "utf8");
  const of = (key: string) => new RegExp(`^${key} = (.+)$`, "m").exec(text)?.[1];
  const problems: string[] = [];
  const isSmoke = name === "smoke";
  const errors = Number(of("gate-errors") ?? Number.NaN);
  if (!(errors <= (isSmoke ? 0 : perMille))) problems.push(`${path}: gate-errors is ${errors}`);
  const p95 = Number(of("gate-p95-ms") ?? Number.NaN);
  if (!isSmoke && p95 !== p95Ms) problems.push(`${path}: gate-p95-ms is ${p95}, not ${p95Ms}`);
  if (!(Number(of("gate-per-second")) > 0)) problems.push(`${path}: no gate-per-second`);
  for (const file of (of("locustfile") ?? "nothing").split(",")) {
    if (!existsSync(join(root, "loadtest", file))) problems.push(`${path}: ${file} is not there`);
  }
  if (problems.length === 0) report.checked(path);
  for (const problem of problems) report.failed(path, problem);
}

interface JobFile {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly securityContext: { readonly runAsUser: number };
        readonly volumes: readonly {
          readonly configMap?: { readonly items: readonly { readonly path: string }[] };
        }[];
      };
    };
  };
}

function checkJob(root: string, report: Report): void {
  const path = "loadtest/job.yaml";
  const job = parse(readFileSync(join(root, path), "utf8")) as JobFile;
  const pod = job.spec.template.spec;
  const given = pod.volumes.flatMap(({ configMap }) => configMap?.items ?? []);
  const missing = ["locustfile.py", "spike.py", "tickets.csv", "profiles/steady.conf"].filter(
    (file) => !given.some((item) => item.path === file),
  );
  if (pod.securityContext.runAsUser !== 65_532) {
    report.failed(path, "job.yaml: it does not run as 65532");
  } else if (missing.length > 0) {
    report.failed(path, `job.yaml: it is not given ${missing.join(", ")}`);
  } else report.checked(path);
}

const cannotInstall = 69;

function runSmoke(report: Report): void {
  const results = mkdtempSync(join(tmpdir(), "banneton-smoke-"));
  const { code, text } = run(
    [process.execPath, join(project, "scripts/loadtest.ts"), "--results", results],
    { cwd: project },
  );
  const files = readdirSync(results);
  const what = "the smoke profile against a started server";
  if (code === cannotInstall) report.skipped(what, "Locust cannot be installed here");
  else if (code !== 0) report.failed(what, text.slice(-4_000));
  else {
    report.checked(what);
    const table = readFileSync(join(results, "smoke_stats.csv"), "utf8");
    const [, requests, failures] = /^,Aggregated,(\d+),(\d+),/m.exec(table) ?? [];
    if (Number(requests) < 50) report.failed(what, `it asked only ${requests} times`);
    if (failures !== "0") report.failed(what, `${failures} failed`);
    for (const file of ["smoke.html", "smoke_stats.csv"]) {
      if (files.includes(file)) report.checked(`its result ${file}`);
      else report.failed(what, `${file} is missing`);
    }
  }
  rmSync(results, { recursive: true, force: true });
}
