import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Each number and rule of the domain that a test must name, by the section it stands in, and words of
// the name of the test that would break. A rule without its test fails here, not in a bakery.
const rules: Readonly<Record<string, readonly RegExp[]>> = {
  "2 numbers": [
    /ALLOC\(100\.00; ?1, ?1, ?1\)|33\.34, 33\.33, 33\.33/,
    /half .* away from zero/,
    /1 box of 9.*exactly 0 remains.*E#52650/,
    /second path that disagrees is refused/,
    /non-zero|converts to (nothing|zero)|too little|less than the smallest/i,
    /stands? in for a piece weight|only through/i,
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
  "5 negative stock": [
    /settles shortfalls oldest first, and never from expired/,
    /sells through/,
    /selling through without a till/,
    /void cancels what the sale is still short of/,
    /revers.*reopens/i,
  ],
  "6 reversal": [
    /void gives each layer back what it gave/,
    /voided once, and on its own business date only/,
    /voids of the same sale at once/,
    /revers.*(whole|used)/i,
    /reversed (once|twice)|twice.*revers|reversal is not reversed/i,
  ],
  "7 recipes and production": [
    /C 100.*actual 40|100.*50.*40.*2\.00/,
    /13521\.26 .*140\.846458.*E#33094/,
    /cycle|made of itself/i,
    /dough.*loss/i,
    /baker's percent|percent.*flour/i,
    /new version/i,
    /explode|shortage|short of a sub-recipe/i,
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
