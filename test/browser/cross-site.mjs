// Pages of somebody else against the product, in the browser of a person who is signed in there.
import { attacks, openWindow, send } from "./attacks.mjs";
import { script } from "./browser.mjs";
import { signIn, whoIs } from "./person.mjs";

await script(async ({ page }, { base, victim, thief, origins, partners, key }) => {
  await page.goto(`${base}/sign-in`);
  await signIn(page, victim);
  await page.waitForURL(`${base}/`);
  const context = page.context();
  const answers = {};
  for (const [from, origin] of Object.entries(origins)) {
    answers[from] = {};
    const there = await context.newPage();
    for (const [name, attack] of Object.entries(attacks)) {
      await there.goto(`${origin}/mark?${from}/${name}`);
      answers[from][name] = (await attack(there, base, thief)) ?? null;
    }
  }
  const friends = {};
  for (const [from, origin] of Object.entries({ ...partners, stranger: origins.foreign })) {
    friends[from] = await callFrom(await visit(context, origin, `friend/${from}`), base, key);
  }
  // Not earlier: while Playwright answers for a page, it answers preflights too.
  const who = await whoIs(page, base);
  // Last, as their windows stay open.
  for (const [from, origin] of Object.entries(origins)) {
    answers[from].window = await openWindow(await visit(context, origin, `${from}/window`), base);
  }
  return { answers, who, friends };
});

/** A page of that origin; the test is told what it is about to do. */
async function visit(context, origin, name) {
  const page = await context.newPage();
  await page.goto(`${origin}/mark?${name}`);
  return page;
}

/** What a script may do that has a key, and the cookie of whoever sits there. */
async function callFrom(page, base, key) {
  const json = { "content-type": "application/json" };
  const bearer = { authorization: `Bearer ${key}` };
  const credentials = "include";
  const site = (name) => {
    const fields = { name, zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
    return { method: "POST", body: JSON.stringify(fields) };
  };
  const simple = { mode: "no-cors", headers: { "content-type": "text/plain" }, credentials };
  const name = `Friend at ${new URL(page.url()).hostname}`;
  const asked = {
    readByKey: ["/sites", { headers: bearer }],
    writeByKey: ["/sites", { ...site(name), headers: { ...json, ...bearer } }],
    readByCookie: ["/session", { credentials }],
    writeByCookie: ["/sites", { ...site("By cookie"), headers: json, credentials }],
    writeByBoth: ["/sites", { ...site("By both"), headers: { ...json, ...bearer }, credentials }],
    simpleByCookie: ["/sites", { ...site("By cookie"), ...simple }],
  };
  const answers = {};
  for (const [how, [path, init]] of Object.entries(asked)) {
    answers[how] = await send(page, `${base}/api/v1${path}`, init);
  }
  return answers;
}
