import { expect, test } from "bun:test";
import { Glob } from "bun";

// What the whole of the source must not do, whoever writes it (docs/asvs.csv).
const root = new URL("..", import.meta.url).pathname;
const paths = [...new Glob("src/**/*.ts").scanSync(root)]
  .filter((path) => !path.endsWith(".test.ts") && !path.endsWith(".gen.ts"))
  .sort();
const sources = await Promise.all(
  paths.map(async (path) => ({ path, text: await Bun.file(`${root}${path}`).text() })),
);

function linesWith(pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

test("no code is made of text", () => {
  expect(linesWith(/(?<![.\w])eval\(|new Function\(|\bvm\b.*node:vm|setTimeout\(\s*["'`]/)).toEqual(
    [],
  );
});

test("hashes are of the SHA-2 family, 256 bits or more", () => {
  const made = linesWith(/createHash\(|createHmac\(|subtle\.digest\(/);
  expect(made.length).toBeGreaterThan(5);
  const strong =
    /(?:createHash|createHmac)\("sha(?:256|384|512)"|digest\("SHA-(?:256|384|512)"|ReturnType/;
  expect(made.filter((line) => !strong.test(line))).toEqual([]);
});

test("cryptography comes from the runtime and better-auth with its jose alone", async () => {
  const { dependencies } = (await Bun.file(`${root}package.json`).json()) as {
    dependencies: Record<string, string>;
  };
  const cryptic = /crypt|hash|cipher|aes|argon|jwt|jose|nacl|sodium|md5|sha\d/i;
  expect(Object.keys(dependencies).filter((name) => cryptic.test(name))).toEqual(["jose"]);
});

test("chance that is not secure only spreads waiting", () => {
  const careless = linesWith(/Math\.random\(/);
  expect(careless.filter((line) => !/pause\(|wait|ttl|jitter|Ms\b/i.test(line))).toEqual([]);
});

test("only alerts are mailed and nothing is texted, so no way in depends on it", async () => {
  const { dependencies } = (await Bun.file(`${root}package.json`).json()) as {
    dependencies: Record<string, string>;
  };
  const post = /mail|smtp|sendgrid|postmark|resend|twilio|vonage/i;
  expect(Object.keys(dependencies).filter((name) => post.test(name))).toEqual(["nodemailer"]);
  const sending =
    /sendMail|smtp|sendResetPassword|sendVerificationEmail|sendOTP|magicLink|emailOTP|phoneNumber/i;
  const isOfAlerts = (line: string) => /^src\/(modules\/alerts|platform\/config)/.test(line);
  expect(linesWith(sending).filter((line) => !isOfAlerts(line))).toEqual([]);
});

test("what ships imports no test", () => {
  expect(linesWith(/from "(?:\.\.\/)+test\/|from "bun:test"|\.test\.ts"/)).toEqual([]);
});
