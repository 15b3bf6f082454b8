import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Report } from "../tally.ts";
import { commandOf, run } from "../tools.ts";

const what = "cloud-init";
const sha256 = "a".repeat(64);
const awkward = 'a "quoted" $value: # with \\ all';
const version = "projects/p/secrets/banneton-database-url/versions/3";
const files = [
  ["/usr/local/lib/banneton/banneton-worker-fetch.sh", "banneton-worker-fetch.sh"],
  ["/etc/systemd/system/banneton-worker-fetch.service", "banneton-worker-fetch.service"],
  ["/etc/systemd/system/banneton-worker.service", "banneton-worker.service"],
] as const;

interface CloudConfig {
  readonly users?: unknown;
  readonly write_files?: readonly {
    readonly path: string;
    readonly permissions: string;
    readonly encoding?: string;
    readonly content: string;
  }[];
  readonly runcmd?: readonly (readonly string[])[];
}

/** Renders the template by Terraform itself, and reads what the machine would. */
export function checkCloudInit(root: string, report: Report): void {
  const terraform = commandOf("terraform");
  if (terraform === undefined) {
    report.skipped(what, "terraform is not here");
    return;
  }
  const rendered = render(terraform, join(root, "systemd"));
  if ("problem" in rendered) {
    report.failed(what, rendered.problem);
    return;
  }
  if (!rendered.text.startsWith("#cloud-config\n")) report.failed(what, "no #cloud-config on top");
  const document = parseDocument(rendered.text);
  const [error] = document.errors;
  if (error !== undefined) {
    report.failed(what, `not YAML: ${error.message}`);
    return;
  }
  const problems = problemsOf(document.toJS() as CloudConfig, root);
  for (const problem of problems) report.failed(what, problem);
  if (problems.length === 0) report.checked("cloud-init writes and starts both units");
}

function render(terraform: string, systemd: string): { text: string } | { problem: string } {
  const file = (name: string) => `file(${JSON.stringify(join(systemd, name))})`;
  const values = [
    `bucket = "artefacts"`,
    `object = "worker/${sha256}/banneton-worker"`,
    `sha256 = "${sha256}"`,
    `secrets = { DATABASE_URL = "${version}" }`,
    `environment = { LOG_LEVEL = "info", ODD = ${JSON.stringify(awkward)} }`,
    ...files.map(
      ([, name], at) => `${["fetch_script", "fetch_unit", "worker_unit"][at]} = ${file(name)}`,
    ),
  ];
  const template = JSON.stringify(join(systemd, "cloud-init.yaml.tftpl"));
  const folder = mkdtempSync(join(tmpdir(), "banneton-cloud-init-"));
  try {
    const input = `jsonencode(templatefile(${template}, { ${values.join(", ")} }))\n`;
    const { code, text, stdout } = run([terraform, "console"], { cwd: folder, input });
    if (code !== 0) return { problem: text };
    return { text: JSON.parse(JSON.parse(stdout)) as string };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problemsOf(config: CloudConfig, root: string): string[] {
  const problems: string[] = [];
  const written = new Map((config.write_files ?? []).map((each) => [each.path, each]));
  const expect = (isTrue: boolean, problem: string) => void (isTrue || problems.push(problem));
  for (const [path, name] of files) {
    const { content = "", encoding } = written.get(path) ?? {};
    const text = encoding === "b64" ? Buffer.from(content, "base64").toString() : content;
    expect(text === readFileSync(join(root, "systemd", name), "utf8"), `${path} is not ${name}`);
  }
  const etc = (name: string) => written.get(`/etc/banneton/worker.${name}`);
  for (const name of ["release", "secrets", "env"]) {
    expect(etc(name)?.permissions === "0600", `worker.${name} is for others than root to read`);
  }
  expect(
    etc("release")?.content.includes(`SHA256=${sha256}\n`) === true,
    "no SHA-256 of the release",
  );
  expect(etc("secrets")?.content === `DATABASE_URL ${version}\n`, "not a secret's version a line");
  const odd = `ODD=${JSON.stringify(awkward)}\n`;
  expect(etc("env")?.content.includes(odd) === true, "a value is not quoted as systemd reads it");
  const started = (config.runcmd ?? []).find((words) => words.includes("enable")) ?? [];
  for (const unit of files.slice(1).map(([, name]) => name)) {
    expect(started.includes(unit), `${unit} is not started`);
  }
  expect(Array.isArray(config.users) && config.users.length === 0, "the image's user may come in");
  return problems;
}
