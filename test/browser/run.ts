import { fileURLToPath } from "node:url";
import { debianProgram } from "../harness/debian.ts";

const patienceMs = 120_000;

/**
 * Runs a script of this folder under Node, as Playwright does not run on Bun, with Debian's
 * chromium; answers what its function returned. The script is `script(async ({ page, open },
 * args) => …)` of browser.mjs. `127.0.0.1` and `localhost` are two sites.
 */
export async function runInBrowser<T>(
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<T> {
  const chromium = debianProgram("/usr/bin/chromium", "chromium");
  const path = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const child = Bun.spawn(["node", path, JSON.stringify({ ...args, chromium })], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: patienceMs,
  });
  const [out, problems, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${problems}${out}`);
  return JSON.parse(out) as T;
}
