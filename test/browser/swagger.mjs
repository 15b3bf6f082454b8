// Swagger UI as a person uses it: authorise, try a read out, then a write.
import { script } from "./browser.mjs";

await script(async ({ page, said }, { base, token, operations }) => {
  await page.goto(`${base}/swagger`);
  await page.locator(".opblock").first().waitFor();
  const isAuthorised = await authorise(page, token);
  const statuses = [];
  for (const operation of operations) statuses.push(await tryOut(page, operation));
  return { statuses, said, isAuthorised };
});

/** False where the document declares no scheme. */
async function authorise(page, token) {
  if ((await page.locator("button.authorize").count()) === 0) return false;
  await page.click("button.authorize");
  const dialog = page.locator(".auth-container", { has: page.locator("input") }).first();
  await dialog.locator("input").first().fill(token);
  await dialog.locator("button.authorize").click();
  await page.click("button.btn-done");
  return true;
}

/** The status of the answer, the one that the page shows, and whether a token was sent. */
async function tryOut(page, operation) {
  const block = page.locator(`[id$="-${operation}"].opblock`);
  await block.locator(".opblock-summary-control").click();
  await block.locator("button.try-out__btn").click();
  const answered = page.waitForResponse((response) => response.url().includes("/api/v1/"));
  await block.locator("button.execute").click();
  const answer = await answered;
  const shown = block.locator(".live-responses-table .response .response-col_status");
  const status = Number.parseInt(await shown.first().textContent(), 10);
  const sent = await answer.request().headerValue("authorization");
  return [answer.status(), status, sent !== null];
}
