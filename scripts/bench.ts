// bun run bench [--quick] [--json]: installs, then measures ratios side by side; --help says more.
import { parseArgs } from "node:util";
import { ensureInstalled } from "./install.ts";

ensureInstalled();
const { help, runBench } = await import("../bench/main.ts");

const options = {
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

try {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
  } else {
    const isFastEnough = await runBench({ isQuick: values.quick, isJson: values.json });
    process.exitCode = isFastEnough ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
