import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac, createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, importJWK, SignJWT } from "jose";
import pg from "pg";
import { developmentEmail, developmentIssuer } from "#platform/identity-folder.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { binaryMode, storageEvent } from "./storage-events.ts";

let database: TestDatabase;
let running: FunctionProcess;
let books: pg.Client;
const folder = mkdtempSync(join(tmpdir(), "banneton-callers-"));
const removed = "SIGNATURE_REMOVED_BY_GOOGLE";

beforeAll(async () => {
  database = await testDatabase();
  running = await startFunction("uploadFinalized", { databaseUrl: database.appUrl, folder });
  books = new pg.Client({ connectionString: database.ownerUrl });
  await books.connect();
}, 60_000);

afterAll(async () => {
  await running.kill();
  await books.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

interface Claims {
  readonly audience?: string;
  readonly email?: string;
  readonly issuer?: string;
  readonly verified?: boolean;
  readonly expires?: number;
  readonly also?: string;
}

const now = () => Math.floor(Date.now() / 1_000);

function claimsOf({ audience, email, issuer, verified, expires, also }: Claims, url: string) {
  const aud = audience ?? url;
  return {
    iss: issuer ?? developmentIssuer,
    aud: also === undefined ? aud : [aud, also],
    sub: "1",
    email: email ?? developmentEmail,
    email_verified: verified ?? true,
    iat: now() - 7_200,
    exp: expires ?? now() + 3_600,
  };
}

const keyOfFolder = async () => {
  await running.token();
  return JSON.parse(readFileSync(join(folder, "identity", "signing-key.json"), "utf8"));
};

async function signed(claims: Claims, url = running.url): Promise<string> {
  const jwk = await keyOfFolder();
  return new SignJWT(claimsOf(claims, url))
    .setProtectedHeader({ alg: "RS256", kid: jwk.kid })
    .sign(await importJWK(jwk, "RS256"));
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function statusOf(token: string, url = running.url): Promise<number> {
  const { headers, body } = binaryMode(storageEvent("uploads/none"));
  const authorization = `Bearer ${token}`;
  const answer = await fetch(url, { method: "POST", headers: { ...headers, authorization }, body });
  return answer.status;
}

const forged: Readonly<Record<string, () => Promise<string>>> = {
  "signed by another's key": async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const { kid } = await keyOfFolder();
    const header = { alg: "RS256", kid };
    return new SignJWT(claimsOf({}, running.url)).setProtectedHeader(header).sign(privateKey);
  },
  "of another audience": () => signed({ audience: "https://other.example" }),
  "of two audiences": () => signed({ also: "https://other.example" }),
  "of another account": () => signed({ email: "stranger@identity.localhost" }),
  "of an account that is not verified": () => signed({ verified: false }),
  "of another issuer": () => signed({ issuer: "https://accounts.google.com" }),
  expired: () => signed({ expires: now() - 3_600 }),
  "without signature": async () => (await signed({})).split(".").slice(0, 2).join(".").concat("."),
  "changed after signing": async () => {
    const [header, , signature] = (await signed({})).split(".");
    return [header, encoded(claimsOf({ expires: now() + 7_200 }, running.url)), signature].join(
      ".",
    );
  },
  "of algorithm none": async () =>
    `${encoded({ alg: "none", typ: "JWT" })}.${encoded(claimsOf({}, running.url))}.`,
  "signed with the public key as a secret": async () => {
    const jwk = await keyOfFolder();
    const { kty, n, e, kid } = jwk;
    const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
    const text = `${encoded({ alg: "HS256", kid })}.${encoded(claimsOf({}, running.url))}`;
    const mac = createHmac("sha256", key.export({ type: "spki", format: "pem" })).update(text);
    return `${text}.${mac.digest("base64url")}`;
  },
  "with the signature that only Cloud Run removes": async () =>
    (await signed({})).split(".").slice(0, 2).concat(removed).join("."),
  "no token at all": async () => "a.b.c",
};

for (const [name, token] of Object.entries(forged)) {
  test(`a token ${name} is refused, and leaves no trace`, async () => {
    const count = "select (select count(*) from audit.entries), (select count(*) from pgboss.job)";
    const before = (await books.query(count)).rows;
    expect(await statusOf(await token())).toBe(401);
    expect((await books.query(count)).rows).toEqual(before);
  });
}

test("the token of an account that may is let in", async () => {
  expect(await statusOf(await signed({}))).toBe(204);
});

test("on Cloud Run a removed signature was good, and all else is still checked", async () => {
  const env = { K_SERVICE: "upload-finalized", FUNCTION_IAM_CHECKED: "1" };
  const options = { databaseUrl: database.appUrl, folder, env };
  const there = await startFunction("uploadFinalized", options);
  try {
    const without = async (claims: Claims) =>
      (await signed(claims, there.url)).split(".").slice(0, 2).concat(removed).join(".");
    expect(await statusOf(await without({}), there.url)).toBe(204);
    const refused: readonly Claims[] = [
      { audience: "https://other.example" },
      { email: "stranger@identity.localhost" },
      { issuer: "https://other.example" },
      { expires: now() - 3_600 },
      { verified: false },
    ];
    for (const claims of refused) {
      expect(await statusOf(await without(claims), there.url)).toBe(401);
    }
    // Any other end of a token is a signature, and checked as one.
    const unsigned = (await signed({}, there.url)).split(".").slice(0, 2).join(".");
    for (const end of [".", ".AAAA", `.${removed}X`]) {
      expect(await statusOf(unsigned + end, there.url)).toBe(401);
    }
  } finally {
    await there.kill();
  }
}, 60_000);

test("elsewhere the function does not start with signatures left unchecked", async () => {
  const env = { FUNCTION_IAM_CHECKED: "1" };
  const options = { databaseUrl: database.appUrl, folder, env };
  await expect(startFunction("uploadFinalized", options)).rejects.toThrow("only on Cloud Run");
}, 60_000);
