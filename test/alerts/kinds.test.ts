import { expect, test } from "bun:test";
import { Glob } from "bun";
import { webhookKinds } from "#modules/webhooks/rules.ts";

const root = new URL("../..", import.meta.url).pathname;

// What the audit holds is told to nobody outside but by its copies.
const untold = ["audit.recorded"];

test("webhooks may be told of every event that a module defines, but those of the audit", async () => {
  const defined = new Set<string>();
  for (const path of new Glob("src/modules/**/events.ts").scanSync(root)) {
    const text = await Bun.file(root + path).text();
    for (const [, name = ""] of text.matchAll(/defineEvent\(\s*"([^"]+)"/g)) defined.add(name);
  }
  const known: readonly string[] = [...webhookKinds, ...untold];
  expect(defined.size).toBeGreaterThan(0);
  expect([...defined].filter((name) => !known.includes(name))).toEqual([]);
});
