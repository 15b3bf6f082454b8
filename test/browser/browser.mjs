// What scripts of this folder stand on; run by Node.
import process from "node:process";
import { chromium } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Runs `work({ browser, context, page, said }, args)` and prints what it returns as JSON. `said`
 * holds what the console said, violations of a policy included.
 */
export async function script(work) {
  const { chromium: executablePath, ...args } = JSON.parse(process.argv[2] ?? "{}");
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${error.message}`));
    const result = await work({ browser, context, page, said }, args);
    process.stdout.write(JSON.stringify(result ?? null));
  } finally {
    await browser.close();
  }
}
