// What a page of another origin may try in the browser of somebody who is signed in.

const site = { name: "Evil", zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };

/** The status that a script gets to read, "opaque", or "stopped". */
export function send(page, url, init) {
  return page.evaluate(
    async ([url, init]) => {
      try {
        const answer = await fetch(url, init);
        return answer.type === "opaque" ? "opaque" : answer.status;
      } catch {
        return "stopped";
      }
    },
    [url, init],
  );
}

/** A form that sends itself; ends when its answer is there. */
async function submit(page, action, fields, { enctype = "", policy = "" } = {}) {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.evaluate(
    ([action, fields, enctype, policy]) => {
      const form = Object.assign(document.createElement("form"), { action, method: "post" });
      if (enctype !== "") form.enctype = enctype;
      if (policy !== "") {
        const meta = Object.assign(document.createElement("meta"), { name: "referrer" });
        meta.content = policy;
        document.head.append(meta);
      }
      for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("input"), { name, value }));
      }
      document.body.append(form);
      form.submit();
    },
    [action, fields, enctype, policy],
  );
  const status = (await answered).status();
  await page.waitForURL(action);
  return status;
}

/** Adds an element that loads something; "load" or "error". */
function embed(page, tag, src) {
  return page.evaluate(
    ([tag, src]) =>
      new Promise((done) => {
        const element = document.createElement(tag);
        element.onload = () => done("load");
        element.onerror = () => done("error");
        element.src = src;
        document.body.append(element);
      }),
    [tag, src],
  );
}

const credentials = "include";
const plain = { "content-type": "text/plain" };
const json = { "content-type": "application/json" };

/** By name: what is done from `page` against `base`; `thief` is the attacker's own account. */
export const attacks = {
  form: (page, base) => submit(page, `${base}/sign-out`, {}),
  formWithoutOrigin: (page, base) =>
    submit(page, `${base}/sign-out`, {}, { policy: "no-referrer" }),
  formOfJson(page, base) {
    const [name, value] = JSON.stringify({ ...site, "": "=" }).split("=");
    const fields = { [name]: value };
    return submit(page, `${base}/api/v1/sites`, fields, { enctype: "text/plain" });
  },
  formToSignIn: (page, base, thief) => submit(page, `${base}/sign-in`, { ...thief, next: "/" }),
  simpleFetch(page, base) {
    const body = JSON.stringify(site);
    const init = { method: "POST", mode: "no-cors", credentials, headers: plain, body };
    return send(page, `${base}/api/v1/sites`, init);
  },
  fetchToSignIn(page, base, thief) {
    const init = { method: "POST", mode: "no-cors", credentials, headers: plain };
    return send(page, `${base}/api/v1/session`, { ...init, body: JSON.stringify(thief) });
  },
  preflightedFetch(page, base) {
    const init = { method: "POST", credentials, headers: json, body: JSON.stringify(site) };
    return send(page, `${base}/api/v1/sites`, init);
  },
  deleteByFetch: (page, base) =>
    send(page, `${base}/api/v1/sessions`, { method: "DELETE", credentials }),
  async beacon(page, base) {
    const answered = page.waitForEvent("requestfinished");
    const failed = page.waitForEvent("requestfailed");
    await page.evaluate(
      ([url, body]) => navigator.sendBeacon(url, body),
      [`${base}/api/v1/sites`, JSON.stringify(site)],
    );
    await Promise.any([answered, failed]);
  },
  readByFetch: (page, base) => send(page, `${base}/api/v1/session`, { credentials }),
  image: (page, base) => embed(page, "img", `${base}/sign-out`),
  imageOfRecord: (page, base) => embed(page, "img", `${base}/api/v1/session`),
  script: (page, base) => embed(page, "script", `${base}/api/v1/session`),
  async frame(page, base) {
    await embed(page, "iframe", `${base}/`);
    const frame = page.frames().at(-1);
    return (await frame.locator("body").textContent()).includes("Banneton") ? "shown" : "stopped";
  },
};

/** Whether a page of ours knows who opened it, and how far the opener reaches. */
export async function openWindow(page, base) {
  const opening = page.waitForEvent("popup");
  await page.evaluate((url) => {
    globalThis.opened = open(url);
  }, `${base}/`);
  const popup = await opening;
  await popup.getByText("Hello,").waitFor();
  const hasOpener = await popup.evaluate(() => globalThis.opener !== null);
  const reach = await page.evaluate(() => {
    if (globalThis.opened.closed) return "cut off";
    try {
      return globalThis.opened.document.title;
    } catch {
      return "unreadable";
    }
  });
  return [hasOpener, reach];
}
