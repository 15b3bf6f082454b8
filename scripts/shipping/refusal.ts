/** Something that must not be done, and why, in words for whoever asked. */
export class Refusal extends Error {}

const exitRefused = 1;
const exitUsage = 64;

/** Wrong options: the help says the right ones. */
export class Misuse extends Error {}

/** Runs a command's work: a refusal is one sentence and exit 1, wrong options are exit 64 with the help. */
export async function main(help: string, work: () => Promise<void> | void): Promise<void> {
  if (process.argv.slice(2).some((each) => each === "--help" || each === "-h")) {
    console.log(help);
    return;
  }
  try {
    await work();
  } catch (error) {
    const isMisuse =
      error instanceof Misuse ||
      (error instanceof TypeError && "code" in error && `${error.code}`.startsWith("ERR_PARSE_"));
    if (isMisuse) {
      console.error(`${error.message}\n\n${help}`);
      process.exit(exitUsage);
    }
    if (!(error instanceof Refusal)) throw error;
    console.error(`refused: ${error.message}`);
    process.exit(exitRefused);
  }
}

export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new Misuse(`--${name} is missing.`);
  return value;
}
