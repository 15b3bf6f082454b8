// bun run loadtest [--profile smoke] [--host URL] [--time 60s] [--results folder]: Locust against Banneton.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { project } from "./install.ts";

const help = `Runs a load test, and fails if its gate fails: bun run loadtest [options]

  --profile <name>    smoke (default), steady, spike or soak: loadtest/profiles
  --host <url>        a Banneton that runs; its keys come as BANNETON_TILL_KEY and BANNETON_OFFICE_KEY.
                      Without it one is started on a demo bakery of its own, and stopped afterwards
  --time <duration>   in place of the profile's, such as 60s
  --results <folder>  where the HTML and CSV go (dist/loadtest)
  --help              this text`;

const folder = join(project, "loadtest");
const { values } = parseArgs({
  options: {
    profile: { type: "string", default: "smoke" },
    host: { type: "string" },
    time: { type: "string" },
    results: { type: "string", default: join(project, "dist/loadtest") },
    help: { type: "boolean" },
  },
});

if (values.help === true) {
  console.log(help);
  process.exit(0);
}
const config = join(folder, "profiles", `${values.profile}.conf`);
if (!/^[a-z]+$/.test(values.profile) || !existsSync(config)) {
  console.error(`There is no profile ${values.profile}.\n\n${help}`);
  process.exit(64);
}
const locust = findLocust();
process.exit(values.host === undefined ? await onDemo() : runLocust(values.host, {}));

/** Locust of a folder of its own, installed from what is pinned. */
function findLocust(): string {
  const venv = join(folder, ".venv");
  const path = join(venv, "bin/locust");
  if (!existsSync(path)) {
    const pip = join(venv, "bin/pip");
    const isMade =
      run("python3", ["-m", "venv", venv]) &&
      run(pip, ["install", "--quiet", "--requirement", join(folder, "requirements.txt")]);
    if (!isMade) {
      rmSync(venv, { recursive: true, force: true });
      console.error("Locust needs Python 3.10 with venv, and PyPI for its packages.");
      process.exit(69);
    }
  }
  return path;
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

function runLocust(host: string, keys: Readonly<Record<string, string>>): number {
  const results = resolve(values.results);
  mkdirSync(results, { recursive: true });
  const report = join(results, values.profile);
  const time = values.time === undefined ? [] : ["--run-time", values.time];
  const args = ["--config", config, "--host", host, "--html", `${report}.html`, "--csv", report];
  const { status } = spawnSync(locust, [...args, ...time], {
    cwd: folder,
    env: { ...process.env, ...keys },
    stdio: ["ignore", "inherit", "inherit"],
  });
  console.log(`Results: ${report}.html, ${report}_stats.csv`);
  return status ?? 1;
}

/** A server of its own, with the demo's month behind it. */
async function onDemo(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "banneton-loadtest-"));
  // As root the database's server is another user, who must get in: else its data would be elsewhere.
  chmodSync(home, 0o755);
  const free = { PORT: "0", METRICS_PORT: "0", FUNCTIONS_PORT: "0" };
  const env = { ...process.env, ...free, DATABASE_URL: "" };
  const server = spawn(process.execPath, [join(project, "src/cli/main.ts"), "start"], {
    cwd: home,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((done) => server.once("close", () => done()));
  try {
    const host = await hostOf(server.stderr, ended);
    const key = (name: string, ...scopes: string[]) => issueKey(home, env, name, scopes);
    const forTills = ["catalog.read", "settings.read", "sites.read", "stock.read"];
    return runLocust(host, {
      BANNETON_TILL_KEY: key("till", ...forTills, "sales.read", "sales.ring_up"),
      BANNETON_OFFICE_KEY: key("office", "all"),
    });
  } finally {
    server.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
}

function hostOf(output: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> {
  let text = "";
  return new Promise((found, failed) => {
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const host = /listens on (http\S+)[\s\S]*Ctrl-C/.exec(text)?.[1];
      if (host !== undefined) found(host);
    });
    void ended.then(() => failed(new Error(`the server ended: ${text}`)));
  });
}

function issueKey(
  home: string,
  env: NodeJS.ProcessEnv,
  name: string,
  scopes: readonly string[],
): string {
  const args = ["key", "issue", "--name", `Load test: ${name}`, "--scope", ...scopes];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, "src/cli/main.ts"), ...args],
    { cwd: home, env, encoding: "utf8" },
  );
  const key = /^bnt_key_\S+$/m.exec(stdout)?.[0];
  if (key === undefined) throw new Error(`no key was issued: ${stderr}`);
  return key;
}
