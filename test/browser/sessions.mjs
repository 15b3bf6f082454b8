// Sessions that somebody else has planted, and what is left of one that has ended.
import { script } from "./browser.mjs";
import { ask, openedBy, plant, sessionsIn, signIn, whoIs } from "./person.mjs";

await script(async ({ page, open, said }, { base, victim, planted, thief }) => {
  await page.goto(`${base}/sign-in`);
  const asGuest = await sessionsIn(page);
  const fixed = {};
  for (const [name, value] of Object.entries(planted)) {
    fixed[name] = await fixation(open, base, victim, value);
  }
  const tossed = await tossing(open, base, victim, thief);
  const ends = { out: await signOut(open, base, victim) };
  ends.everywhere = await signOutEverywhere(open, base, victim);
  return { asGuest, fixed, tossed, ends, said };
});

/** The victim signs in where the value is planted already: who they are, and whom it opens. */
async function fixation(open, base, victim, value) {
  const page = await open();
  await plant(page, base, value);
  await page.goto(`${base}/sign-in`);
  await signIn(page, victim);
  await page.waitForURL(`${base}/`);
  const kept = await sessionsIn(page);
  const who = await whoIs(page, base);
  const plantedOpens = await openedBy(open, base, value);
  await page.context().close();
  return { isNew: kept.length === 1 && kept[0] !== value, who, plantedOpens };
}

/** A cookie at a longer path comes first and outlives the sign-in: who is it then? */
async function tossing(open, base, victim, value) {
  const page = await open();
  await plant(page, base, value, { domain: new URL(base).hostname, path: "/api/v1" });
  await page.goto(`${base}/sign-in`);
  await signIn(page, victim);
  await page.waitForURL(`${base}/`);
  return whoIs(page, base);
}

async function signOut(open, base, victim) {
  const page = await open();
  await page.goto(`${base}/sign-in`);
  await signIn(page, victim);
  await page.waitForURL(`${base}/`);
  const [value] = await sessionsIn(page);
  const before = await openedBy(open, base, value);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${base}/sign-in`);
  const kept = await sessionsIn(page);
  return { before, kept, here: await whoIs(page, base), after: await openedBy(open, base, value) };
}

async function signOutEverywhere(open, base, victim) {
  const pages = [await open(), await open()];
  const values = [];
  for (const page of pages) {
    await page.goto(`${base}/sign-in`);
    await signIn(page, victim);
    await page.waitForURL(`${base}/`);
    values.push(...(await sessionsIn(page)));
  }
  const before = [];
  for (const page of pages) before.push(await whoIs(page, base));
  const { status } = await ask(pages[0], base, "/sessions", { method: "DELETE" });
  const after = [];
  for (const page of pages) after.push(await whoIs(page, base));
  for (const value of values) after.push(await openedBy(open, base, value));
  return { before, status, kept: await sessionsIn(pages[0]), after };
}
