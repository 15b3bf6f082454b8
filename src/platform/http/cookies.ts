/**
 * What a cookie of ours is called. Reached by https it is `__Host-…`, which browsers keep to this
 * very host; by http, in development, they would refuse that.
 */
export function cookieName(publicUrl: string, name: string): string {
  return `${isSecure(publicUrl) ? "__Host-" : ""}banneton-${name}`;
}

/** The value of a cookie that was sent; undefined if there is none. */
export function readCookie(request: Request, name: string): string | undefined {
  const pairs = request.headers.get("cookie")?.split(";") ?? [];
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** `Set-Cookie` for a value without special characters: no script reads it, no other site sends it. */
export function cookieOf(publicUrl: string, name: string, value: string, seconds: number): string {
  const parts = [`${cookieName(publicUrl, name)}=${value}`, "Path=/", `Max-Age=${seconds}`];
  if (isSecure(publicUrl)) parts.push("Secure");
  return [...parts, "HttpOnly", "SameSite=Lax"].join("; ");
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith("https://");
}
