import { expect, test } from "bun:test";
import { triesFromAddress, triesFromStrangers } from "#modules/accounts/service/guesses.ts";
import type { TryPolicy } from "#modules/accounts/service/tries.ts";
import { pinTries } from "#modules/devices/service/check-pin.ts";
import { codeTries, codeTriesFromAddress } from "#modules/devices/service/devices.ts";
import { passwordLengthMax, passwordLengthMin } from "../src/modules/accounts/rules/passwords.ts";
import { parseWebConfig } from "../src/platform/config.ts";
import { oracle } from "./access/oracle.ts";

// docs/accounts.md is prose by hand: what it says in numbers and names is compared here.
const text = await Bun.file(new URL("../docs/accounts.md", import.meta.url)).text();

/** The part below a heading. */
function section(title: string): string {
  const found = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`docs/accounts.md has no part "${title}"`);
  return found;
}

/** The cells of each line of a part's tables. */
const cells = (title: string) =>
  section(title)
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

function spoken(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, name] = units.find(([each]) => seconds % each === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

test("every lockout stands there as the code has it", () => {
  const row = ({
    free,
    firstWaitSeconds,
    longestWaitSeconds,
    forgottenAfterSeconds,
  }: TryPolicy) => [
    String(free),
    ...[firstWaitSeconds, longestWaitSeconds, forgottenAfterSeconds].map(spoken),
  ];
  const policies = [
    triesFromAddress,
    triesFromStrangers,
    pinTries,
    codeTriesFromAddress,
    codeTries,
  ];
  const found = cells("Guessing")
    .filter((each) => each.length === 5)
    .slice(1);
  expect(found.map((each) => each.slice(1))).toEqual(policies.map(row));
});

test("every limit stands there with its default", () => {
  const { limits } = parseWebConfig({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
  const found = cells("Guessing")
    .filter((each) => each.length === 3)
    .slice(1);
  expect(found.map((each) => each.slice(1))).toEqual([
    [String(limits.actorPerMinute), "`LIMIT_ACTOR_PER_MINUTE`"],
    [String(limits.addressPerMinute), "`LIMIT_ADDRESS_PER_MINUTE`"],
    [String(limits.signInPerMinute), "`LIMIT_SIGN_IN_PER_MINUTE`"],
  ]);
});

test("every operation that lets a guest in stands there, and no other", () => {
  const harmless = ["getLiveness", "getReadiness", "getHealth"];
  const open = Object.entries(oracle)
    .filter(([name, asks]) => "open" in asks && /^\w+$/.test(name) && !harmless.includes(name))
    .map(([name]) => name);
  const named = section("Ways in").matchAll(/\(`(\w+)`\)/g);
  expect([...new Set([...named].map(([, name]) => name ?? ""))].sort()).toEqual(open.sort());
});

test("what no password may be stands there, with its length", () => {
  const part = section("Passwords").replaceAll("\n", " ");
  expect(part).toContain(`${passwordLengthMin} to ${passwordLengthMax} characters`);
  expect(part).toContain(
    "**their name, their address and its domain, the names of the sites, the name of this program**",
  );
});

test("how long sessions last, how many there are, and what Google has to do with them stands there", () => {
  const part = section("Sessions").replaceAll("\n", " ");
  for (const each of [
    "8 hours after its last use",
    "14 days after it began",
    "no limit to how many sessions",
    "A sign-in with Google makes the same kind of session",
  ]) {
    expect(part).toContain(each);
  }
});

test("every secret of the environment stands there, and those that the program makes", async () => {
  const example = await Bun.file(new URL("../.env.example", import.meta.url)).text();
  const secrets = [...example.matchAll(/\(secret\)\n# (\w+)=/g)].map(([, name = ""]) => name);
  expect(secrets).toContain("AUTH_SECRET");
  const part = section("Secrets and keys");
  for (const each of secrets) expect(part).toContain(`\`${each}\``);
  const rows = cells("Secrets and keys").slice(1);
  for (const each of ["session token", "password", "PIN", "API key", "device key"]) {
    expect(rows.map(([name]) => name)).toContain(each);
  }
  for (const row of rows) expect(row.filter((cell) => cell !== "")).toHaveLength(5);
});

test("what decides besides role and site stands there", () => {
  const part = section("What decides besides role and site");
  for (const each of ["address", "paired device", "origin"]) expect(part).toContain(each);
});
