import { authenticateSession } from "#modules/accounts/index.ts";
import { authenticateTill, findTill, isTillKey } from "#modules/devices/index.ts";
import { authenticateKey, isKey } from "#modules/keys/index.ts";
import { type Actor, type App, GUEST_ACTOR } from "#platform/context.ts";
import { cookieName, readCookie } from "#platform/cookies.ts";
import { AppError } from "#platform/errors.ts";

/**
 * Who asks, by what they show: `Authorization: Bearer` with an API key or a till's key; without that
 * header the cookie of a session, or else of a till. Nothing shown is a guest. A header that is wrong is 401, also where a
 * guest would do; a cookie that is no longer good, which a browser sends unasked, counts as none.
 */
export function authenticator(app: App): (request: Request) => Promise<Actor> {
  const tillCookie = cookieName(app.config.publicUrl, "till");
  return async (request) => {
    const token = bearerOf(request);
    if (token === undefined) return actorOfCookies(request);
    if (isKey(token)) return authenticateKey(app, token);
    if (isTillKey(token)) return authenticateTill(app, token);
    throw unknownCredentials();
  };

  async function actorOfCookies(request: Request): Promise<Actor> {
    const person = await authenticateSession(app, request.headers.get("cookie"));
    if (person !== undefined) return person;
    const tillKey = readCookie(request.headers.get("cookie"), tillCookie);
    return (tillKey === undefined ? undefined : await findTill(app, tillKey)) ?? GUEST_ACTOR;
  }
}

function bearerOf(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header === null) return undefined;
  const token = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(header)?.[1];
  if (token === undefined) throw unknownCredentials();
  return token;
}

const unknownCredentials = () =>
  new AppError("unauthenticated", "access.credentials", "These credentials are not known here.");
