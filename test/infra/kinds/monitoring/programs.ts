import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../tools.ts";

/** Of Debian trixie: bookworm's promtool refuses what the cluster's Prometheus reads. */
const release = "trixie";
const packages = ["prometheus", "prometheus-alertmanager", "promtool"] as const;
type Program = "prometheus" | "prometheus-alertmanager" | "promtool" | "amtool";

export type Programs = Readonly<Record<Program, string>>;

let fetched: Programs | string | undefined;

/** The programs, unpacked into a folder of their own; the system stays as it is. Or why not. */
export function monitoringPrograms(): Programs | string {
  fetched ??= fetchPrograms();
  return fetched;
}

function fetchPrograms(): Programs | string {
  const folder = join(tmpdir(), `banneton-monitoring-${release}-${process.getuid?.() ?? 0}`);
  const bin = join(folder, "root/usr/bin");
  if (!existsSync(join(bin, "amtool")) || !existsSync(join(bin, "promtool"))) {
    if (Bun.which("apt-get") === null) return "there is no apt-get";
    const problem = unpackInto(folder);
    if (problem !== undefined) return problem;
  }
  const at = (name: string) => join(bin, name);
  return {
    prometheus: at("prometheus"),
    "prometheus-alertmanager": at("prometheus-alertmanager"),
    promtool: at("promtool"),
    amtool: at("amtool"),
  };
}

function unpackInto(folder: string): string | undefined {
  for (const part of ["lists/partial", "cache/archives/partial", "root"]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const list = join(folder, "sources.list");
  const key = "/usr/share/keyrings/debian-archive-keyring.gpg";
  writeFileSync(list, `deb [signed-by=${key}] http://deb.debian.org/debian ${release} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    "Dir::Etc::sourceparts=/dev/null",
    `Dir::State::lists=${join(folder, "lists")}`,
    `Dir::Cache=${join(folder, "cache")}`,
  ].flatMap((option) => ["-o", option]);
  const updated = run(["apt-get", ...options, "update"]);
  if (updated.code !== 0) return `Debian ${release} cannot be read: ${updated.text.slice(-300)}`;
  const got = run(["apt-get", ...options, "download", ...packages], { cwd: folder });
  if (got.code !== 0) return `they cannot be downloaded: ${got.text.slice(-300)}`;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    const { code, text } = run(["dpkg", "-x", file, "root"], { cwd: folder });
    if (code !== 0) return `${file} cannot be unpacked: ${text.slice(-300)}`;
  }
  return undefined;
}
