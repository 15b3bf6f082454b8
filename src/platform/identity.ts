import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AppError } from "./errors.ts";
import { developmentIssuer, developmentKeys } from "./identity-folder.ts";

/** Who is believed: tokens of Google's, or of a development's own folder. */
export interface IdentityTrust {
  /** The exact audience. */
  readonly audience: string;
  /** Accounts by their e-mail address, in lower case. */
  readonly emails: readonly string[];
  readonly keysUrl: string;
  /** In place of Google: the folder of the keys that development signs with. */
  readonly folder?: string | undefined;
}

/** Checks an ID token; answers the e-mail of the account that shows it. */
export type VerifyIdentity = (token: string) => Promise<string>;

const googleIssuers = ["https://accounts.google.com", "accounts.google.com"];
const clockToleranceSeconds = 30;

/**
 * Checks signature, issuer, exact audience, expiry and account of an ID token (OpenID Connect Core 1.0,
 * 3.1.3.7). The keys are kept, and fetched again when a token names one that is not among them. Throws
 * `identity.refused` (401) without saying why, and `identity.keys_unavailable` (503) while the keys
 * cannot be had.
 */
export function createVerifier(trust: IdentityTrust): VerifyIdentity {
  const keys = keysOf(trust);
  const issuer = trust.folder === undefined ? googleIssuers : developmentIssuer;
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: trust.audience,
      algorithms: ["RS256"],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["exp", "iat", "email"],
    }).catch((error: unknown) => {
      throw isOfKeys(error) ? keysUnavailable(error) : refused(error);
    });
    return emailOf(payload, trust);
  };
}

function emailOf(payload: JWTPayload, { audience, emails }: IdentityTrust): string {
  const { aud, email, email_verified: isVerified } = payload;
  const name = typeof email === "string" ? email.toLowerCase() : "";
  // A token for several audiences could be shown to each of them by any other.
  if (aud !== audience || isVerified !== true || !emails.includes(name)) throw refused();
  return name;
}

function keysOf({ keysUrl, folder }: IdentityTrust): JWTVerifyGetKey {
  if (folder !== undefined) return developmentKeys(folder);
  return createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: 5_000, cooldownDuration: 30_000 });
}

// Of jose's errors these are not about the token; and what the network does is none of jose's.
const keyCodes = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"]);

function isOfKeys(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return !code.startsWith("ERR_J") || keyCodes.has(code);
}

function refused(cause?: unknown): AppError {
  const text = "An ID token of an account that may call this is needed.";
  return new AppError("unauthenticated", "identity.refused", text, { cause });
}

function keysUnavailable(cause: unknown): AppError {
  const text = "Callers cannot be checked now. Please try again.";
  return new AppError("unavailable", "identity.keys_unavailable", text, { cause });
}
