import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testKey } from "../harness/key.ts";
import { addPerson, testPassword } from "../harness/people.ts";
import { openOtherSite, openPlace, type Place, type Seen } from "./place.ts";
import { runInBrowser } from "./run.ts";

type Sight = string | number | null | readonly unknown[];
type From = "foreign" | "neighbour";

interface Result {
  readonly answers: Readonly<Record<From, Readonly<Record<string, Sight>>>>;
  readonly who: string;
  readonly friends: Readonly<Record<From | "stranger", object>>;
}

let place: Place;
const log: (Seen | string)[] = [];
const evil = openOtherSite((path) => log.push(path));
const friend = openOtherSite((path) => log.push(path));
let victim: string;
let before: object;
let after: object;
let result: Result;

beforeAll(async () => {
  const corsOrigins = [friend.foreign, friend.neighbour];
  place = await openPlace({ corsOrigins }, (seen) => log.push(seen));
  victim = (await addPerson(place)).email;
  const thief = { email: (await addPerson(place)).email, password: testPassword };
  const { foreign, neighbour } = evil;
  before = await state();
  result = await runInBrowser<Result>("cross-site", {
    base: place.base,
    victim: { email: victim, password: testPassword },
    thief,
    origins: { foreign, neighbour },
    partners: { foreign: friend.foreign, neighbour: friend.neighbour },
    key: testKey,
  });
  after = await state();
}, 120_000);
afterAll(async () => {
  await Promise.all([place.close(), evil.close(), friend.close()]);
});

/** All that the attacks would change. */
async function state(): Promise<object> {
  const [row] = await place.sql<object>(
    `select (select jsonb_agg(name order by id) from sites.sites) as sites,
            (select count(*)::int from accounts.sessions where expires_at > now()) as sessions,
            (select jsonb_agg(action order by seq) from audit.entries) as deeds`,
  );
  return row ?? {};
}

/** What the server saw of one attack. */
function seenOf(from: From, attack: string) {
  const start = log.indexOf(`/mark?${from}/${attack}`);
  expect(start).toBeGreaterThanOrEqual(0);
  const rest = log.slice(start + 1);
  const end = rest.findIndex((each) => typeof each === "string");
  return rest.slice(0, end === -1 ? undefined : end) as Seen[];
}

for (const from of ["foreign", "neighbour"] as const) {
  describe(`a page of ${from === "foreign" ? "another site" : "another port of our host"}`, () => {
    const refused = { status: 403, code: "http.cross_site", hasSession: from === "neighbour" };
    const answer = (attack: string) => result.answers[from][attack] ?? null;

    for (const attack of ["form", "formWithoutOrigin", "formOfJson", "formToSignIn"]) {
      test(`sends a form in vain: ${attack}`, () => {
        expect(seenOf(from, attack)).toMatchObject([{ method: "POST", ...refused }]);
        expect(answer(attack)).toBe(403);
      });
    }
    for (const attack of ["simpleFetch", "fetchToSignIn", "beacon"]) {
      test(`asks by script in vain, without a preflight: ${attack}`, () => {
        expect(seenOf(from, attack)).toMatchObject([{ method: "POST", ...refused }]);
        expect(answer(attack)).toBe(attack === "beacon" ? null : "stopped");
      });
    }
    for (const attack of ["preflightedFetch", "deleteByFetch"]) {
      test(`is stopped by the browser after its preflight: ${attack}`, () => {
        expect(seenOf(from, attack).map(({ method }) => method)).toEqual(["OPTIONS"]);
        expect(answer(attack)).toBe("stopped");
      });
    }
    test("reads nothing by script, image or script element, and reading changes nothing", () => {
      for (const attack of ["readByFetch", "image", "imageOfRecord", "script"]) {
        expect(seenOf(from, attack).map(({ method }) => method)).toEqual(["GET"]);
        expect([attack, answer(attack)]).toEqual([
          attack,
          attack === "readByFetch" ? "stopped" : "error",
        ]);
      }
      expect(seenOf(from, "image")).toMatchObject([{ status: 405 }]);
    });
    test("cannot frame us, and a window of ours does not know who opened it", () => {
      expect(answer("frame")).toBe("stopped");
      expect(answer("window")).toEqual([false, "cut off"]);
    });
  });
}

describe("an origin that is configured", () => {
  const nothing = {
    readByCookie: "stopped",
    writeByCookie: "stopped",
    writeByBoth: "stopped",
    simpleByCookie: "stopped",
  };
  test("works with a key and never with a cookie", () => {
    const byKey = { readByKey: 200, writeByKey: 201, ...nothing };
    expect(result.friends.foreign).toEqual(byKey);
    expect(result.friends.neighbour).toEqual(byKey);
  });
  test("is the only one: another gets nowhere, with the right key neither", () => {
    const none = { readByKey: "stopped", writeByKey: "stopped", ...nothing };
    expect(result.friends.stranger).toEqual(none);
  });
});

test("none of it changed anything: the victim is still who they were", () => {
  expect(before).toEqual({ sites: null, sessions: 0, deeds: null });
  expect(result.who).toBe(victim);
  // The victim's own sign-in, and what the friend did with its key.
  expect(after).toEqual({
    sites: ["Friend at 127.0.0.1", "Friend at localhost"],
    sessions: 1,
    deeds: ["session.started", "site.opened", "site.opened"],
  });
});
