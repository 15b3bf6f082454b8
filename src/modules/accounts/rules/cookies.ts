import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { AppConfig } from "#platform/config.ts";
import { cookieName } from "#platform/cookies.ts";

/** What our cookies are called and how they are kept; over http they lose prefix and Secure. */
export interface CookieNames {
  readonly isSecure: boolean;
  readonly prefix: string;
  readonly session: string;
  readonly secondFactor: string;
}

export function cookieNamesOf({ publicUrl }: Pick<AppConfig, "publicUrl">): CookieNames {
  const session = cookieName(publicUrl, "session");
  return {
    isSecure: publicUrl.startsWith("https://"),
    prefix: session.slice(0, -"-session".length),
    session,
    secondFactor: cookieName(publicUrl, "second-factor"),
  };
}

const signed = /^([A-Za-z0-9_-]{1,200})\.([A-Za-z0-9+/]{43}=)$/;

/** The text of a cookie that the library signed with this secret; undefined for any other. */
export function readSigned(value: string | undefined, secret: string): string | undefined {
  if (value === undefined || value.length > 1_000) return undefined;
  const [, text, signature] = signed.exec(decoded(value)) ?? [];
  if (text === undefined || signature === undefined) return undefined;
  const right = createHmac("sha256", secret).update(text).digest();
  return timingSafeEqual(right, Buffer.from(signature, "base64")) ? text : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}

/** What makes a browser forget a cookie. */
export function expired(name: string, { isSecure }: CookieNames): string {
  return `${name}=; Max-Age=0; Path=/; HttpOnly;${isSecure ? " Secure;" : ""} SameSite=Lax`;
}

/** Only cookies that are ours, out of all the library would set. */
export function ownCookies(headers: Headers, names: CookieNames): string[] {
  const own = [names.session, names.secondFactor, `${names.prefix}.state`];
  return headers.getSetCookie().filter((each) => own.some((name) => each.startsWith(`${name}=`)));
}

/** The session's token in cookies that are about to be set. */
export function tokenIn(
  cookies: readonly string[],
  names: CookieNames,
  secret: string,
): string | undefined {
  const start = `${names.session}=`;
  const value = cookies.findLast((each) => each.startsWith(start))?.slice(start.length);
  return readSigned(value?.split(";")[0], secret);
}
