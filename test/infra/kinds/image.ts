import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { cachedBanneton } from "../../../scripts/build-banneton.ts";
import { replaceIn } from "../plant.ts";
import type { Kind, Report } from "../tally.ts";
import { commandOf, run } from "../tools.ts";

const project = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
const user = "65532:65532";
const exitConfig = 78;
const contextOf = new Set([
  "bun.lock",
  "bunfig.toml",
  "package.json",
  "scripts",
  "src",
  "tsconfig.json",
]);

export const image: Kind = {
  name: "image",
  async check(root, report) {
    checkDockerfile(root, report);
    checkContext(root, report);
    checkCompose(root, report);
    // The image itself is of the project, and once: a copy has no sources to build it from.
    if (root === project) await runImage(report);
  },
  plants: [
    {
      fault: "an image that runs as root",
      plant: (root) => replaceIn(root, "Dockerfile", /USER 65532:65532/g, "USER 0"),
      caught: /does not run as 65532/,
    },
    {
      fault: "a base by tag alone",
      plant: (root) => replaceIn(root, "Dockerfile", /nonroot@\S+/, "nonroot"),
      caught: /not by digest/,
    },
    {
      fault: "history in the context",
      plant: (root) => replaceIn(root, ".dockerignore", "!src", "!src\n!.git"),
      caught: /lets \.git in/,
    },
    {
      fault: "a service that can write to its root",
      plant: (root) => replaceIn(root, "compose.yaml", "read_only: true", "read_only: false"),
      caught: /web can write/,
    },
    {
      fault: "a service's image by tag",
      plant: (root) => replaceIn(root, "compose.yaml", /(redis:7-bookworm)@\S+/, "$1"),
      caught: /redis.*not by digest/,
    },
  ],
};

function isByDigest(reference: string): boolean {
  return /@sha256:([0-9a-f]{64}|PIN_ME)$/.test(reference);
}

function settle(what: string, problems: readonly string[], report: Report): void {
  if (problems.length === 0) report.checked(what);
  else report.failed(what, problems.join("\n"));
}

function skipMarked(file: string, references: readonly string[], report: Report): void {
  for (const reference of references.filter((each) => each.endsWith("PIN_ME"))) {
    report.skipped(`${file}: ${reference}`, "its digest is looked up by scripts/pin.ts");
  }
}

function checkDockerfile(root: string, report: Report): void {
  const text = readFileSync(join(root, "Dockerfile"), "utf8");
  const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base ?? "");
  const last = text.slice(text.lastIndexOf("\nFROM "));
  const problems = bases
    .filter((base) => !isByDigest(base))
    .map((base) => `${base} is not by digest`);
  if (!last.includes(`\nUSER ${user}\n`)) problems.push("does not run as 65532");
  if (!/HEALTHCHECK [^\n]*CMD \["\/banneton", "health"\]/.test(last)) {
    problems.push("does not ask the binary whether it is healthy");
  }
  if (!last.includes('ENTRYPOINT ["/banneton"]')) problems.push("starts something else");
  settle("Dockerfile", problems, report);
  skipMarked("Dockerfile", bases, report);
}

/** An allow-list: whatever is not named stays outside. */
function checkContext(root: string, report: Report): void {
  const lines = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const problems = lines
    .filter((line) => line.startsWith("!") && !contextOf.has(line.slice(1)))
    .map((line) => `lets ${line.slice(1)} in`);
  if (lines[0] !== "*") problems.push("does not begin with everything outside");
  for (const needed of ["**/*.test.ts", "**/.env*"]) {
    if (!lines.includes(needed)) problems.push(`lets ${needed} in`);
  }
  settle(".dockerignore", problems, report);
}

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
  readonly healthcheck?: object;
}

function checkCompose(root: string, report: Report): void {
  const text = readFileSync(join(root, "compose.yaml"), "utf8");
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
  for (const [name, service] of Object.entries(services)) {
    const problems: string[] = [];
    const isOwn = service.build !== undefined;
    if (service.read_only !== true) problems.push(`${name} can write to its root`);
    if (!service.security_opt?.includes("no-new-privileges:true")) {
      problems.push(`${name} may gain privileges`);
    }
    if (!isOwn && !isByDigest(service.image)) problems.push(`${service.image} is not by digest`);
    if (!isOwn && service.healthcheck === undefined) problems.push(`${name} has no health check`);
    settle(`compose.yaml: ${name}`, problems, report);
  }
  skipMarked(
    "compose.yaml",
    Object.values(services).map((service) => service.image),
    report,
  );
}

/** The binary and its libraries in an image from scratch, run as it runs in the cluster. */
async function runImage(report: Report): Promise<void> {
  const what = "the image, read-only and as 65532";
  const buildah = commandOf("buildah");
  const banneton = await cachedBanneton();
  const vfs = [buildah ?? "buildah", "--storage-driver", "vfs"];
  const made = run([...vfs, "from", "scratch"]);
  if (made.code !== 0) {
    report.skipped(what, `buildah cannot work here: ${made.text.trim()}`);
    return;
  }
  const name = made.stdout.trim();
  try {
    const libraries = [...run(["ldd", banneton]).stdout.matchAll(/(\/\S+) \(0x/g)];
    for (const path of [banneton, ...libraries.map(([, library]) => library ?? "")]) {
      const target = path === banneton ? "/banneton" : path;
      const copied = run([...vfs, "copy", "--chmod", "0555", name, path, target]);
      if (copied.code !== 0) throw new Error(copied.text);
    }
    runInside(run([...vfs, "mount", name]).stdout.trim(), report, what);
  } finally {
    run([...vfs, "rm", name]);
  }
}

// A namespace of mounts whose root nobody can write to, as the cluster's runtime makes it.
const inNamespace = [
  'mkdir -p "$0/dev" "$0/proc"',
  'mount --bind "$0" "$0"',
  'mount --rbind /dev "$0/dev"',
  'mount --rbind /proc "$0/proc"',
  'mount -o remount,ro,bind "$0"',
  '! touch "$0/written" 2>/dev/null',
].join(" && ");

function runInside(root: string, report: Report, what: string): void {
  const unshare = ["unshare", "--mount", "sh", "-c"];
  const able = run([...unshare, inNamespace, root]);
  if (able.code !== 0) {
    report.skipped(what, `no namespace of mounts here: ${able.text.trim()}`);
    return;
  }
  const script = `${inNamespace} && exec chroot --userspec=${user} "$0" /banneton "$@"`;
  const start = (...args: string[]) =>
    run([...unshare, script, root, ...args], { env: { DATABASE_URL: "", PORT: "1" } });
  const problems: string[] = [];
  for (const [command, code] of Object.entries({ "--help": 0, health: 1, web: exitConfig })) {
    const ended = start(command);
    if (ended.code !== code) problems.push(`${command} ends with ${ended.code}: ${ended.text}`);
  }
  settle(what, problems, report);
}
