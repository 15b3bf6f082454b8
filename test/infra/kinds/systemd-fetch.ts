import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../tally.ts";
import { commandOf } from "../tools.ts";
import { type Google, openGoogle } from "./systemd-google.ts";

const old = Buffer.from("#!/bin/sh\necho old\n");
const fresh = Buffer.from("#!/bin/sh\necho new\n".repeat(20_000));
const sha256 = createHash("sha256").update(fresh).digest("hex");
const secret = "postgres://worker:pä ss@10.0.0.3/banneton\n";
const version = "projects/p/secrets/banneton-database-url/versions/3";

interface Case {
  readonly name: string;
  readonly google?: Partial<Google>;
  readonly installed?: Buffer;
  /** It exits well and the new binary is there; else it fails and the old one is. */
  readonly isGood: boolean;
}

const cases: readonly Case[] = [
  { name: "the right hash is installed whole", installed: old, isGood: true },
  { name: "a machine without a binary gets one", isGood: true },
  {
    name: "what is there already is not fetched again",
    google: { binary: "refused" },
    installed: fresh,
    isGood: true,
  },
  { name: "a wrong hash keeps the old", google: { binary: old }, installed: old, isGood: false },
  { name: "a wrong hash installs nothing", google: { binary: old }, isGood: false },
  { name: "a cut download keeps the old", google: { isCut: true }, installed: old, isGood: false },
  {
    name: "a bucket that refuses keeps the old",
    google: { binary: "refused" },
    installed: old,
    isGood: false,
  },
  { name: "no token keeps the old", google: { token: "" }, installed: old, isGood: false },
];

/** Runs the script against a server that plays the metadata server, the bucket and the secrets. */
export async function checkFetch(root: string, report: Report): Promise<void> {
  if (commandOf("curl") === undefined) {
    report.skipped("the fetch", "curl is not here");
    return;
  }
  const script = join(root, "systemd/banneton-worker-fetch.sh");
  for (const each of cases) {
    const machine = mkdtempSync(join(tmpdir(), "banneton-fetch-"));
    try {
      const { code, said, problems } = await runOn(machine, script, each);
      problems.push(...problemsOf(machine, each));
      if ((code === 0) !== each.isGood) problems.push(`it exits with ${code}: ${said}`);
      for (const problem of problems) report.failed(`fetch: ${each.name}`, problem);
      if (problems.length === 0) report.checked(`fetch: ${each.name}`);
    } finally {
      rmSync(machine, { recursive: true });
    }
  }
}

async function runOn(machine: string, script: string, { google: differs, installed }: Case) {
  for (const folder of ["bin", "etc", "tools", "tmp"]) mkdirSync(join(machine, folder));
  if (installed !== undefined) {
    writeFileSync(join(machine, "bin/banneton-worker"), installed, { mode: 0o755 });
  }
  writeFileSync(join(machine, "etc/worker.secrets"), `DATABASE_URL ${version}\n`);
  watchCurl(machine);
  const object = `worker/${sha256}/banneton-worker`;
  const secrets = { [version]: secret };
  const plays = { token: "ya29.own", bucket: "artefacts", object, binary: fresh, secrets };
  const google = openGoogle({ ...plays, ...differs });
  const env = {
    ...{ BUCKET: "artefacts", OBJECT: object, SHA256: sha256, RETRIES: "0" },
    ...{ METADATA_URL: google.url, STORAGE_API_URL: google.url, SECRETS_API_URL: google.url },
    BINARY: join(machine, "bin/banneton-worker"),
    CONFIGURATION_DIRECTORY: join(machine, "etc"),
    TMPDIR: join(machine, "tmp"),
    PATH: `${join(machine, "tools")}:${process.env["PATH"]}`,
  };
  try {
    const child = Bun.spawn(["sh", script], { env, stdout: "ignore", stderr: "pipe" });
    const said = await new Response(child.stderr).text();
    return { code: await child.exited, said, problems: [...google.problems] };
  } finally {
    await google.close();
  }
}

/** The real curl behind one that writes down its arguments, which every process can read. */
function watchCurl(machine: string): void {
  const log = join(machine, "arguments");
  const text = `#!/bin/sh\necho "$@" >>'${log}'\nexec '${Bun.which("curl")}' "$@"\n`;
  writeFileSync(join(machine, "tools/curl"), text, { mode: 0o755 });
}

function problemsOf(machine: string, { installed, isGood }: Case): string[] {
  const problems: string[] = [];
  const binary = join(machine, "bin/banneton-worker");
  const expected = isGood ? fresh : installed;
  const is = existsSync(binary) ? readFileSync(binary) : undefined;
  if (is === undefined || expected === undefined) {
    if (is !== expected) problems.push(`the binary is ${is === undefined ? "not" : ""} there`);
  } else if (!is.equals(expected)) {
    problems.push(`the binary is not the ${isGood ? "new" : "old"} one`);
  } else if ((statSync(binary).mode & 0o777) !== 0o755) problems.push("its mode is not 0755");
  if (readFileSync(join(machine, "arguments"), "utf8").includes("ya29")) {
    problems.push("the token is among curl's arguments");
  }
  const file = join(machine, "etc/DATABASE_URL");
  if (isGood) {
    if (readFileSync(file, "utf8") !== secret) problems.push("the secret is another");
    if ((statSync(file).mode & 0o777) !== 0o600) problems.push("the secret's mode is not 0600");
  }
  const left = ["bin", "etc", "tmp"].flatMap((folder) => readdirSync(join(machine, folder)));
  const known = ["banneton-worker", "worker.secrets", "DATABASE_URL"];
  const strange = left.filter((name) => !known.includes(name));
  if (strange.length > 0) problems.push(`left behind: ${strange.join(", ")}`);
  return problems;
}
