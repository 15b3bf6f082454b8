// What a person does on our pages.
const sessionCookie = "banneton-session";

/** Fills the sign-in that is shown, and sends it. */
export async function signIn(page, { email, password }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The values of the session cookies that the page's browser keeps. */
export async function sessionsIn(page) {
  const cookies = await page.context().cookies();
  return cookies.filter(({ name }) => name === sessionCookie).map(({ value }) => value);
}

export function plant(page, base, value, more = { url: base }) {
  return page.context().addCookies([{ name: sessionCookie, value, ...more }]);
}

const desks = new WeakMap();

/** A page of our own origin whose policy, as that of a browser app, lets scripts ask the API. */
function deskOf(page, base) {
  const context = page.context();
  if (!desks.has(context)) desks.set(context, openDesk(context, base));
  return desks.get(context);
}

async function openDesk(context, base) {
  const body = "<!doctype html><title>Desk</title>";
  await context.route(`${base}/desk`, (route) => route.fulfill({ body, contentType: "text/html" }));
  const desk = await context.newPage();
  await desk.goto(`${base}/desk`);
  return desk;
}

/** Asks our API from the page's browser by a script of our own origin; its status and body. */
export async function ask(page, base, path, init = {}) {
  const desk = await deskOf(page, base);
  return desk.evaluate(
    async ([path, { body, headers, ...init }]) => {
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const answer = await fetch(`/api/v1${path}`, {
        ...init,
        headers: { ...json, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
    },
    [path, init],
  );
}

/** Whose session it is: an address, or the status that says that it is nobody's. */
export async function whoIs(page, base) {
  const { status, body } = await ask(page, base, "/session");
  return body.person?.email ?? status;
}

/** Whom a cookie's value opens in a browser that has nothing else. */
export async function openedBy(open, base, value) {
  const page = await open();
  await plant(page, base, value);
  const who = await whoIs(page, base);
  await page.context().close();
  return who;
}
