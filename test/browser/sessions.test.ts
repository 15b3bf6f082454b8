import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { addPerson, signedInClient, testPassword } from "../harness/people.ts";
import { openPlace, type Place } from "./place.ts";
import { runInBrowser } from "./run.ts";

interface Result {
  readonly asGuest: readonly string[];
  readonly fixed: Readonly<Record<string, object>>;
  readonly tossed: string | number;
  readonly ends: {
    readonly out: object;
    readonly everywhere: object;
  };
  readonly said: readonly string[];
}

let place: Place;
let victim: string;
let planted: Readonly<Record<string, string>>;
let result: Result;

beforeAll(async () => {
  place = await openPlace();
  victim = (await addPerson(place, "manager")).email;
  planted = {
    "one that has ended": await sessionOf("ended"),
    "another person's live one": await sessionOf("live"),
    "a forged one": `${"a".repeat(32)}.${encodeURIComponent(`${"B".repeat(43)}=`)}`,
    "one signed right that nobody was given": signed("c".repeat(32)),
    "no more than text": "owner",
  };
  const thief = await sessionOf("live");
  const person = { email: victim, password: testPassword };
  const args = { base: place.base, victim: person, planted, thief };
  result = await runInBrowser<Result>("sessions", args);
}, 120_000);
afterAll(() => place.close());

/** The cookie's value of a session of somebody's own, as the thief of the story has it. */
async function sessionOf(state: "live" | "ended"): Promise<string> {
  const client = await signedInClient(place, await addPerson(place));
  if (state === "ended") expect((await client.ask("DELETE", "/session")).status).toBe(204);
  return client.cookie.slice("banneton-session=".length);
}

function signed(token: string): string {
  const secret = place.app.config.authSecret.reveal();
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  return encodeURIComponent(`${token}.${signature}`);
}

test("nobody has a session before they sign in", () => {
  expect(result.asGuest).toEqual([]);
});

test("a session that was planted is never taken over: signing in makes a new one", () => {
  const own = { isNew: true, who: victim, plantedOpens: 401 };
  expect(result.fixed).toEqual(Object.fromEntries(Object.keys(planted).map((name) => [name, own])));
});

test("a planted cookie at a longer path makes nobody somebody else", () => {
  expect(result.tossed).toBe(401);
});

test("after signing out the cookie opens nothing, in another browser neither", () => {
  expect(result.ends.out).toEqual({ before: victim, kept: [], here: 401, after: 401 });
});

test("after signing out everywhere no cookie of before opens anything anywhere", () => {
  expect(result.ends.everywhere).toEqual({
    before: [victim, victim],
    status: 204,
    kept: [],
    after: [401, 401, 401, 401],
  });
});

test("no session of theirs is left in force in the books", async () => {
  const rows = await place.sql<{ left: string }>(
    `select count(*)::text as left from accounts.sessions s
     join accounts.people p on p.id = s.person_id
     where p.email = $1 and s.expires_at > now()`,
    [victim],
  );
  expect(rows).toEqual([{ left: "0" }]);
});

test("the browser had nothing to say against the pages", () => {
  expect(result.said.filter((text) => !text.includes("status of 401"))).toEqual([]);
});
