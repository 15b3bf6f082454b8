// A till in a browser: paired by its code, opened by a PIN, selling by its cookie.
import { script } from "./browser.mjs";
import { ask } from "./person.mjs";

await script(async ({ page, open, said }, { base, code, personId, pin, sale, otherSale }) => {
  const put = (on, path, body, headers = {}) =>
    ask(on, base, path, { method: "POST", body, headers });
  const tap = (on) => put(on, "/till/shift", { personId, pin });
  const sell = (on, body) => put(on, "/sales", body, { "idempotency-key": body.id });
  const statuses = async (...asking) => (await Promise.all(asking)).map(({ status }) => status);

  await page.goto(`${base}/sign-in`);
  const early = await statuses(tap(page), sell(page, sale));
  const paired = await put(page, "/till-device", { code });
  const [cookie, ...others] = await page.context().cookies();
  const locked = await statuses(sell(page, sale));
  const shift = await tap(page);
  const sold = await sell(page, sale);

  const stranger = await open();
  const strange = await statuses(tap(stranger), sell(stranger, otherSale));
  const again = await put(stranger, "/till-device", { code });
  const spent = [again.status, (await stranger.context().cookies()).length];

  const { status: unlocked } = await ask(page, base, "/till/shift", { method: "DELETE" });
  const after = await statuses(sell(page, otherSale));
  const { name, httpOnly, sameSite, path } = cookie;
  const shown = await page.evaluate(() => document.cookie);
  return {
    early,
    paired: [paired.status, others.length, name, httpOnly, sameSite, path, shown],
    locked,
    shift: [shift.status, shift.body.personId],
    sold: [sold.status, sold.body.tillId],
    strange,
    spent,
    after: [unlocked, ...after],
    said,
  };
});
