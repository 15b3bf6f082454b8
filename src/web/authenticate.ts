import { authenticateKey, isKey } from "#modules/keys/index.ts";
import { type Actor, type App, GUEST_ACTOR } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";

/**
 * Who asks, by what they show: `Authorization: Bearer` with an API key or a till's key, or a
 * cookie. Nothing shown is a guest; something wrong is 401, also where a guest would do.
 */
export function authenticator(app: App): (request: Request) => Promise<Actor> {
  return async (request) => {
    const token = bearerOf(request);
    if (token === undefined) return GUEST_ACTOR;
    if (isKey(token)) return authenticateKey(app, token);
    throw unknownCredentials();
  };
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
