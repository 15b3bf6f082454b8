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
 * Runs `work({ browser, page, open, said }, args)` and prints what it returns as JSON.
 * `open(options)` is a page in a browser context of its own, `page` the first of them. `said` holds
 * what the consoles said, violations of a policy included.
 */
export async function script(work) {
  const { chromium: executablePath, ...args } = JSON.parse(process.argv[2] ?? "{}");
  const browser = await chromium.launch({ executablePath, args: flags });
  const said = [];
  const open = async (options) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(20_000);
    context.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    context.on("weberror", (problem) => said.push(`error: ${problem.error().message}`));
    return context.newPage();
  };
  try {
    const result = await work({ browser, page: await open(), open, said }, args);
    process.stdout.write(JSON.stringify(result ?? null));
  } finally {
    await browser.close();
  }
}
