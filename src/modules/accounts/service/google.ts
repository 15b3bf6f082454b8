import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { GoogleStart } from "../model/session.ts";
import { cookieNamesOf, ownCookies } from "../rules/cookies.ts";
import { headersOf, libraryOf, libraryPath } from "./library.ts";
import { type Browser, noteRefusal, startSession } from "./sign-in.ts";

/** Whether people may sign in with Google here. */
export function hasGoogle(ctx: Ctx): boolean {
  return ctx.app.config.google !== undefined;
}

/**
 * Begins a sign-in with Google: where to send the browser, and the cookie that binds the way back to
 * it. Throws `accounts.google_off` (404).
 */
export async function startGoogle(
  ctx: Ctx,
): Promise<{ readonly answer: GoogleStart; readonly cookies: string[] }> {
  if (!hasGoogle(ctx)) throw errors.googleOff();
  const body = { provider: "google" as const, callbackURL: "/", disableRedirect: true };
  const { headers, response } = await libraryOf(ctx.app).api.signInSocial({
    body,
    headers: headersOf(ctx, {}),
    returnHeaders: true,
  });
  const { url } = response;
  if (url === undefined) throw new Error("The library gave no address to go to");
  return { answer: { url }, cookies: ownCookies(headers, cookieNamesOf(ctx.app.config)) };
}

/**
 * Ends it: cookies of a new session for somebody who is here or has an open invitation, undefined
 * for everybody else. Nothing of the library's answer but its cookies goes further.
 */
export async function finishGoogle(
  ctx: Ctx,
  { query, cookie, userAgent }: { query: string; cookie: string | null } & Browser,
): Promise<string[] | undefined> {
  if (!hasGoogle(ctx)) throw errors.googleOff();
  const names = cookieNamesOf(ctx.app.config);
  const stateCookie = `${names.prefix}.state`;
  const state = (cookie ?? "").split(/; */).find((each) => each.startsWith(`${stateCookie}=`));
  const url = `${ctx.app.config.publicUrl}${libraryPath}/callback/google${query}`;
  const headers = headersOf(ctx, { userAgent, ...(state === undefined ? {} : { cookie: state }) });
  const response = await libraryOf(ctx.app).handler(new Request(url, { headers }));
  const cookies = ownCookies(response.headers, names);
  if (!cookies.some((each) => isSet(each, names.session))) {
    if (response.status >= 500) throw new Error("The library failed on the way back from Google");
    await noteRefusal(ctx, "session.refused", undefined);
    return undefined;
  }
  return (await startSession(ctx, cookies, "google")).cookies;
}

function isSet(cookie: string, name: string): boolean {
  return cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}=;`);
}
