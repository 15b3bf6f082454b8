import { afterAll, describe, expect, test } from "bun:test";
import type { Ctx } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { AppError } from "#platform/errors.ts";
import {
  addPerson,
  guestFrom,
  type TestPerson,
  testPassword,
} from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";
import { signIn } from "./service/sign-in.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
afterAll(async () => {
  await web.close();
  await database.drop();
});

const browser = { userAgent: null };
const home = "203.0.113.20";

async function guess(ctx: Ctx, email: string, password: string): Promise<string> {
  try {
    return (await signIn(ctx, { email, password, ...browser })).state.status;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

function counted(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

const right = (person: TestPerson, address: string) =>
  guess(guestFrom(web, address), person.email, testPassword);

/** Makes all waits end, as if their time had passed. */
const wait = () =>
  web.app.db.run(statement("", "update accounts.failures set locked_until = null"));

describe("wrong passwords", () => {
  test("a thousand from one address never open, lock nobody else, and not the victim at home", async () => {
    const [victim, other] = [await addPerson(web), await addPerson(web)];
    expect(await right(victim, home)).toBe("signed_in");
    const attacker = guestFrom(web, "198.51.100.7");
    const outcomes: string[] = [];
    for (let burst = 0; burst < 50; burst++) {
      const tries = Array.from({ length: 20 }, (_, i) => `guess number ${burst * 20 + i}`);
      outcomes.push(
        ...(await Promise.all(tries.map((password) => guess(attacker, victim.email, password)))),
      );
    }
    const counts = counted(outcomes);
    expect(Object.keys(counts).sort()).toEqual(["accounts.locked", "accounts.sign_in_refused"]);
    expect(counts["accounts.sign_in_refused"]).toBeLessThanOrEqual(6);
    expect(await right(victim, home)).toBe("signed_in");
    expect(await right(other, "198.51.100.7")).toBe("signed_in");
  });

  test("the right password does not open while a wait lasts, and opens after it", async () => {
    const victim = await addPerson(web);
    for (let i = 0; i < 6; i++)
      await guess(guestFrom(web, home), victim.email, "wrong wrong wrong");
    expect(await right(victim, home)).toBe("accounts.locked");
    await wait();
    expect(await right(victim, home)).toBe("signed_in");
  });

  test("the wait doubles with every try after it", async () => {
    const victim = await addPerson(web);
    const ctx = guestFrom(web, home);
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) await guess(ctx, victim.email, "wrong wrong wrong");
    for (let i = 0; i < 3; i++) {
      await wait();
      await guess(ctx, victim.email, "wrong wrong wrong");
      const refused = await signIn(ctx, {
        email: victim.email,
        password: testPassword,
        ...browser,
      }).catch((error: AppError) => error);
      waits.push((refused as AppError).retryAfterSeconds ?? 0);
    }
    expect(waits).toEqual([30, 60, 120]);
  });

  test("many addresses together are stopped, but not where the victim has been before", async () => {
    const victim = await addPerson(web);
    expect(await right(victim, home)).toBe("signed_in");
    // As after a hundred guesses from a hundred addresses: each hashed would take its tenth of a second.
    const first = guestFrom(web, "192.0.2.1");
    expect(await guess(first, victim.email, "wrong wrong wrong")).toBe("accounts.sign_in_refused");
    await web.app.db.run(
      statement("", "update accounts.failures set count = 100 where subject = $1"),
      [`password:${victim.id}`],
    );
    const outcomes: string[] = [];
    for (let i = 2; i < 20; i++) {
      outcomes.push(await guess(guestFrom(web, `192.0.2.${i}`), victim.email, "wrong wrong wrong"));
    }
    expect(counted(outcomes)).toEqual({ "accounts.sign_in_refused": 1, "accounts.locked": 17 });
    expect(await right(victim, "192.0.2.99")).toBe("accounts.locked");
    expect(await right(victim, home)).toBe("signed_in");
  });

  test("an address that nobody has is locked alike", async () => {
    const person = await addPerson(web);
    const ctx = guestFrom(web, home);
    const outcomes = async (email: string) => {
      const all: string[] = [];
      for (let i = 0; i < 8; i++) all.push(await guess(ctx, email, "wrong wrong wrong"));
      return all;
    };
    expect(await outcomes("nobody-at-all@bakery.example")).toEqual(await outcomes(person.email));
  });

  test("one network of IPv6 is one address", async () => {
    const victim = await addPerson(web);
    const outcomes: string[] = [];
    for (let i = 0; i < 10; i++) {
      const ctx = guestFrom(web, `2001:db8:1:2:${i}::${i}`);
      outcomes.push(await guess(ctx, victim.email, "wrong wrong wrong"));
    }
    expect(counted(outcomes)["accounts.sign_in_refused"]).toBe(6);
    expect(await right(victim, "2001:db8:1:3::1")).toBe("signed_in");
  });
});
