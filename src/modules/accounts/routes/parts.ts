import type { Browser, SignedIn } from "../service/sign-in.ts";

/** The part of Elysia's `set` that gives cookies. */
export interface CookieSet {
  headers: { "set-cookie"?: string | string[] };
}

/** The answer, and the cookies that go with it. */
export async function withCookies<T>(
  set: CookieSet,
  doing: Promise<{ readonly answer: T; readonly cookies: string[] }>,
): Promise<T> {
  const { answer, cookies } = await doing;
  set.headers["set-cookie"] = cookies;
  return answer;
}

/** How far a sign-in is, with its cookies. */
export async function signedIn(set: CookieSet, signing: Promise<SignedIn>) {
  const { state, cookies } = await signing;
  set.headers["set-cookie"] = cookies;
  return state;
}

export function browserOf(request: Request): Browser {
  return { userAgent: request.headers.get("user-agent") };
}

/** 303 to a path of ours. */
export function redirect(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: path });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
