import { expect, test } from "bun:test";

// What SECURITY.md promises about packages is what the pipeline does.
const read = (path: string) => Bun.file(new URL(`../${path}`, import.meta.url)).text();
const security = await read("SECURITY.md");
const scan = await read(".github/workflows/scan.yml");

test("how fast vulnerable packages are replaced is documented, by how bad it is", () => {
  const times = [...security.matchAll(/^\| (critical|high|anything else)[^|]*\| (\d+) days \|$/gm)];
  expect(times.map(([, what, days]) => [what, Number(days)])).toEqual([
    ["critical", 7],
    ["high", 30],
    ["anything else", 90],
  ]);
  expect(security).toMatch(/^\| a newer version without a known weakness \| 90 days \|$/m);
});

test("known weaknesses are asked for every week, of packages and of the image, and high ones fail", () => {
  expect(scan).toMatch(/cron: "\d+ \d+ \* \* 1"/);
  expect(scan).toContain("bun audit --audit-level=high");
  expect(scan).toContain("severity-cutoff: high");
  expect(scan.match(/fail-build: true/g)?.length).toBe(1);
});

test("newer versions are proposed every week, and taken when they are some days old", async () => {
  const dependabot = await read(".github/dependabot.yml");
  const kinds = dependabot.match(/package-ecosystem: \S+/g) ?? [];
  expect(kinds.length).toBeGreaterThan(4);
  expect(dependabot.match(/interval: weekly/g)?.length).toBe(kinds.length);
  for (const [, days] of dependabot.matchAll(/default-days: (\d+)/g)) {
    expect(Number(days)).toBeGreaterThanOrEqual(3);
  }
  const seconds = Number(/minimumReleaseAge = (\d+)/.exec(await read("bunfig.toml"))?.[1]);
  expect(seconds).toBe(3 * 86_400);
  expect(security).toContain("nothing younger than three days is taken");
});

test("a report goes to GitHub's private advisories, and is answered within days", () => {
  expect(security).toContain("Report a vulnerability");
  expect(security).not.toMatch(/[\w.]+@[\w-]+\.\w+/);
  expect(security).toMatch(/reads?.*\| 3 working days \|/);
});
