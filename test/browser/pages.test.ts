import { afterAll, beforeAll, expect, test } from "bun:test";
import { makeOwnerLink } from "#modules/accounts/index.ts";
import { systemCtx } from "../../src/cli/terminal.ts";
import { addItem, layersOf, openShop, receive } from "../harness/bakery.ts";
import { addPerson, signedInClient, testPassword } from "../harness/people.ts";
import { totpOf } from "../harness/totp.ts";
import { openPlace, type Place } from "./place.ts";
import { runInBrowser } from "./run.ts";

let place: Place;
let recall: string;
beforeAll(async () => {
  place = await openPlace();
  const { client } = place;
  const { siteId } = await openShop(client);
  const itemId = await addItem(client, { name: "Rye flour" });
  await receive(client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
  const [layer] = await layersOf(client, siteId, itemId);
  recall = `/recalls/${layer.lotId}`;
});
afterAll(() => place.close());

const patienceMs = 120_000;
const tell = (story: string, args: object) =>
  runInBrowser<object>("pages", { story, base: place.base, ...args });

async function somebody() {
  const { email } = await addPerson(place, "manager");
  return { email, password: testPassword };
}

const browsers: [string, object][] = [
  ["with scripts", {}],
  ["without JavaScript, on a phone", { javaScriptEnabled: false, viewport: phone() }],
];

function phone() {
  return { width: 390, height: 844 };
}

test(
  "the owner's link of a first start makes the owner, once, with the keyboard alone",
  async () => {
    const email = "ada@bakery.example";
    const link = await makeOwnerLink(systemCtx(place.app));
    const story = await tell("owner", { link, name: "Ada Baker", email, password: testPassword });
    expect(story).toEqual({
      who: email,
      roles: ["owner, all sites"],
      again: "This link is over",
      left: [],
      said: [],
    });
  },
  patienceMs,
);

for (const [how, options] of browsers) {
  test(
    `a wrong password is said in place, and the right one goes there at once, ${how}`,
    async () => {
      const person = await somebody();
      const story = await tell("wrong", { person, options });
      expect(story).toEqual({
        alert: "Address or password is wrong.",
        kept: [person.email, ""],
        focused: "password",
        pathname: "/sign-in",
        sessions: 1,
        said: [],
      });
    },
    patienceMs,
  );

  test(
    `the second factor is asked for, and nothing opens before, ${how}`,
    async () => {
      const person = await somebody();
      const me = await signedInClient(place, { ...person, id: "" });
      const setup = await me.post("/session/second-factor/setup", { password: testPassword });
      const code = () => totpOf(setup.body.uri);
      const confirmed = await me.post("/session/second-factor/confirm", { code: code() });
      expect(confirmed.status).toBe(200);
      // The code was used; as if its time had passed.
      await place.sql("delete from accounts.failures where subject like 'used:%'");
      const story = await tell("factor", { person, code: code(), options });
      expect(story).toEqual({
        half: [],
        halfOpens: 401,
        alert: "This code is not, or no longer, right.",
        sessions: 1,
        said: [],
      });
    },
    patienceMs,
  );

  test(
    `a guest who opens a page is led to the sign-in, and back, ${how}`,
    async () => {
      const story = await tell("guest", { person: await somebody(), path: recall, options });
      const led = `/sign-in?next=${encodeURIComponent(recall)}`;
      expect(story).toEqual({ led, heading: "Rye flour", said: [] });
    },
    patienceMs,
  );
}

test(
  "`next` never leads to another site",
  async () => {
    const encode = encodeURIComponent;
    const plain = ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example"];
    const odd = ["/\t/evil.example", "/..//evil.example", "javascript:alert(1)", ".evil.example"];
    const twice = [encode(encode("//evil.example")), encode("/%2f/evil.example"), "/%2e/%2fevil"];
    const nexts = [...plain, ...[...plain, ...odd].map(encode), ...twice];
    const story = await tell("redirects", { person: await somebody(), nexts });
    expect(story).toEqual({ ends: nexts.map(() => place.base), said: [] });
  },
  patienceMs,
);

test(
  "pages fit windows from 320 pixels on",
  async () => {
    const paths = ["/", "/sign-in", "/sign-in/code", `/invitations/${"x".repeat(43)}`];
    const story = await tell("widths", { paths, widths: [320, 390, 1280] });
    expect(story).toEqual({ overflows: [], said: [] });
  },
  patienceMs,
);
