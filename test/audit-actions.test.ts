import { expect, test } from "bun:test";
import { Glob } from "bun";

const root = new URL("..", import.meta.url).pathname;

test("every action that the code records is in the table of docs/audit.md", async () => {
  const documented = await Bun.file(`${root}docs/audit.md`).text();
  const found = new Set<string>();
  for (const path of new Glob("src/modules/**/*.ts").scanSync(root)) {
    if (path.endsWith(".test.ts")) continue;
    const text = await Bun.file(root + path).text();
    if (!text.includes("recordDeed")) continue;
    for (const [, action = ""] of text.matchAll(/\baction:[^;{}]*?"([a-z_]+\.[a-z_]+)"/g)) {
      found.add(action);
    }
  }
  expect([...found].filter((action) => !documented.includes(`\`${action}\``))).toEqual([]);
});
