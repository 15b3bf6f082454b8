// bun run bench [--quick] [--json] [--only names]: installs, then measures ratios side by side; --help says more.
import { parseArgs } from "node:util";
import { ensureInstalled } from "./install.ts";

ensureInstalled();
const { help, parts, runBench } = await import("../bench/main.ts");

const options = {
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  only: { type: "string", default: parts.join(",") },
  help: { type: "boolean", default: false },
} as const;

try {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
  } else {
    const names = values.only.split(",");
    const only = parts.filter((part) => names.includes(part));
    if (only.length !== names.length) throw new Error(`--only takes some of ${parts.join(", ")}.`);
    const isFastEnough = await runBench({ isQuick: values.quick, isJson: values.json, only });
    process.exitCode = isFastEnough ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
