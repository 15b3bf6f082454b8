import { createHash, randomBytes } from "node:crypto";

/** The secret of an invitation's link: 256 random bits. */
export function newLinkToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in hex: enough for a secret that cannot be guessed. */
export function hashOfLinkToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export function invitationPath(token: string): string {
  return `/invitations/${token}`;
}
