// Our pages as a person uses them; `args.story` says which part.
import { script } from "./browser.mjs";
import { sessionsIn, signIn, whoIs } from "./person.mjs";

const stories = {
  /** From the owner's link to the first page, with the keyboard alone. */
  async owner({ page }, { base, link, name, email, password }) {
    await page.goto(base + link);
    for (const text of [name, email, password]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(text);
    }
    await page.keyboard.press("Enter");
    await page.getByText(`Hello, ${name}`).waitFor();
    const who = await whoIs(page, base);
    const roles = await page.getByRole("listitem").allTextContents();
    await page.goto(base + link);
    const again = await page.locator("h1").textContent();
    await page.goto(`${base}/`);
    await page.getByRole("button", { name: "Sign out" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}/sign-in`);
    return { who, roles, again, left: await sessionsIn(page) };
  },

  /** A wrong password, then the right one. */
  async wrong({ open }, { base, person, options }) {
    const page = await open(options);
    await page.goto(`${base}/sign-in`);
    await signIn(page, { ...person, password: "no such password" });
    const alert = await page.getByRole("alert").textContent();
    const kept = [
      await page.getByLabel("E-mail").inputValue(),
      await page.getByLabel("Password").inputValue(),
    ];
    const focused = await page.locator(":focus").getAttribute("name");
    const { pathname } = new URL(page.url());
    await page.keyboard.type(person.password);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}/`);
    return { alert, kept, focused, pathname, sessions: (await sessionsIn(page)).length };
  },

  /** The password, a wrong code, then the right one. */
  async factor({ open }, { base, person, code, options }) {
    const page = await open(options);
    await page.goto(`${base}/sign-in?next=${encodeURIComponent("/swagger?of=mine")}`);
    await signIn(page, person);
    await page.getByLabel("Code").waitFor();
    const half = await sessionsIn(page);
    const answer = await page.goto(`${base}/api/v1/session`);
    await page.goBack();
    await page.getByLabel("Code").fill("zzzzz-zzzzz");
    await page.keyboard.press("Enter");
    const alert = await page.getByRole("alert").textContent();
    await page.getByLabel("Code").fill(code);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}/swagger?of=mine`);
    return { half, halfOpens: answer.status(), alert, sessions: (await sessionsIn(page)).length };
  },

  /** Where each `next` ends after signing in. */
  async redirects({ page }, { base, person, nexts }) {
    const ends = [];
    for (const next of nexts) {
      await page.goto(`${base}/sign-in?next=${next}`);
      const answered = page.waitForResponse((response) => response.status() === 303);
      await signIn(page, person);
      await answered;
      await page.waitForLoadState();
      ends.push(new URL(page.url()).origin);
    }
    return { ends };
  },

  /** A guest opens a page for people who are signed in. */
  async guest({ open }, { base, person, path, options }) {
    const page = await open(options);
    await page.goto(base + path);
    const led = page.url().slice(base.length);
    await signIn(page, person);
    await page.waitForURL(base + path);
    const heading = await page.locator("h1").textContent();
    return { led, heading };
  },

  /** Whether anything sticks out of a narrow or a wide window. */
  async widths({ page }, { base, paths, widths }) {
    const overflows = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of paths) {
        await page.goto(base + path);
        const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
        if (scroll > width) overflows.push([path, width, scroll]);
      }
    }
    return { overflows };
  },
};

await script(async (given, args) => ({
  ...(await stories[args.story](given, args)),
  said: given.said.filter((text) => !/status of 4\d\d/.test(text)),
}));
