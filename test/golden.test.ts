import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Each number and rule of the domain that a test must name, by the section it stands in, and words of
// the name of the test that would break. A rule without its test fails here, not in a bakery.
const rules: Readonly<Record<string, readonly RegExp[]>> = {
  "2 numbers": [
    /33\.34, 33\.33, 33\.33 \(domain rules 2: ALLOC\)/,
    /half .* away from zero/,
    /1 box of 9.*exactly 0 remains.*E#52650/,
    /second path that disagrees is refused/,
    /too small for the books/,
    /cannot stand in for a piece weight/,
  ],
  "3 the ledger": [
    /3 units worth 10\.000000 taken one at a time: 3\.333333, 3\.333334, 3\.333333/,
    /summed before they take.*M#16502/,
    /1 @ 0 and 1 @ 50 make a product of 50.*O#267196/,
    /exactly 50 are sold.*V#4930, I#12478/,
    /first in, first out by business time/,
    /first to expire goes first/,
    /expired stock can be wasted, never sold or used/,
    /may not change, remove or lock a row/,
    /not even|changes or removes a row/,
    /certificate/,
    /verify holds after each/,
    /never see a deadlock/,
    /too long ago or ahead/,
  ],
  "4 counts": [
    /\+15000; count 13000 at 03:11.*11000 remain.*E#37192/,
    /balance equals what was counted/,
    /newest layer's unit value here, else anywhere, else 0 and flagged/,
    /loss takes what may be sold, then the expired/,
    /with a lot named only that lot/,
    /more missing than is left is refused/,
  ],
  "4 late prices": [
    /now 1\.50: 50 = 20 flour \+ 10 loaves \+ 20 COGS.*E#58550/,
    /transfers follow/,
    /price put back leaves every layer as it was/,
    /given by the others, in their order/,
    /what a run makes while a late price waits/,
  ],
  "5 negative stock": [
    /settles shortfalls oldest first, and never from expired/,
    /sells through/,
    /selling through without a till/,
    /void cancels what the sale is still short of/,
    /shortfall it settled reopens/,
  ],
  "6 reversal": [
    /void gives each layer back what it gave/,
    /voided once, and on its own business date only/,
    /voids of the same sale at once/,
    /only while its output is whole/,
    /gives everything back to its own layers, edges too/,
    /or that is reversed, is not reversed/,
  ],
  "7 recipes and production": [
    /C 100, expected 50, actual 40: 20 is waste, each of 40 costs 2\.00/,
    /13521\.26 over 97 in, 1 normal loss, 96 good: 140\.846458 each.*E#33094/,
    /cycle is refused, direct or through others/,
    /bake loss, .* handling loss need .* of dough/,
    /baker's percentages/,
    /change is a new version and the one before stays/,
    /sub-recipe is taken from its lots and its shortage from its ingredients/,
    /replaces only what it names/,
    /edges add up to what was taken/,
    /rounded to the scale/,
  ],
  "8 sales, tax, cash": [
    /24\.99 at 10\.75 %.*2\.69.*(M|Medusa )#14818/,
    /one transaction at tender.*E#43052, E#57157/,
    /change is given from cash only/,
    /rounded to the smallest coin/,
    /gapless for each till and each hash covers the one before/,
    /day of 23 hours/,
    /day of 25 hours/,
    /before the cutover a sale still belongs to yesterday/,
    /history has no till, no receipt, no stock and no cost/,
    /most 10 statements/,
  ],
  "11 idempotency": [
    /recorded once: one 201, the rest replays/,
    /with another body it is 422/,
    /leaves nothing behind, and the retry succeeds/,
    /lost after COMMIT is answered, not repeated/,
    /cut after COMMIT/,
    /missing or unreadable Idempotency-Key|without Idempotency-Key/,
    /must say which version they saw|version must be given/,
  ],
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** The text of every test file but this one. */
function testSources(): string {
  const files = [...new Bun.Glob("{src,test}/**/*.test.ts").scanSync(root)];
  return files
    .filter((file) => file !== "test/golden.test.ts")
    .map((file) => readFileSync(`${root}/${file}`, "utf8"))
    .join("\n");
}

/** Names of tests and of their groups: a literal that opens a call of test or describe. */
function namesIn(source: string): readonly string[] {
  const call = /\b(?:test|describe)(?:\.\w+)?(?:\([^()]*\))?\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gs;
  return [...source.matchAll(call)].map((match) => match[2] ?? "");
}

const names = namesIn(testSources());

for (const [section, expected] of Object.entries(rules)) {
  test(`every rule of section ${section} has a test that names it`, () => {
    expect(expected.filter((rule) => !names.some((name) => rule.test(name))).map(String)).toEqual(
      [],
    );
  });
}
