import { readdirSync } from "node:fs";

/** Runs a program and returns what it printed; anything but exit code 0 is an error. */
export async function output(command: readonly string[], env?: Record<string, string>) {
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${err.slice(-2_000)}`);
  return { out, err };
}

/** wrk drives HTTP at little cost: it shares the cores with what it measures. */
export async function findWrk(): Promise<string> {
  return Bun.which("wrk") ?? install("wrk", "wrk", () => Bun.which("wrk"));
}

export async function findPgbench(): Promise<string> {
  return newestPgbench() ?? install("pgbench", "postgresql-contrib", newestPgbench);
}

// Debian's wrapper in /usr/bin needs Perl and looks for a cluster; the program itself does not.
function newestPgbench(): string | null {
  const home = "/usr/lib/postgresql";
  const versions = listing(home)
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => b - a);
  for (const version of versions) {
    const found = Bun.which(`${home}/${version}/bin/pgbench`);
    if (found !== null) return found;
  }
  return Bun.which("pgbench");
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function install(name: string, from: string, find: () => string | null): Promise<string> {
  const isDebian = Bun.which("apt-get") !== null && process.getuid?.() === 0;
  if (isDebian) {
    console.error(`Installing ${name} (apt-get install ${from})`);
    const quiet = { DEBIAN_FRONTEND: "noninteractive" };
    await output(["apt-get", "update"], quiet);
    await output(["apt-get", "install", "-y", "--no-install-recommends", from], quiet);
  }
  const found = find();
  if (found !== null) return found;
  throw new Error(`${name} is missing. On Debian or Ubuntu: sudo apt-get install ${from}`);
}
