/**
 * What a cookie of ours is called. Reached by https it is `__Host-…`, which browsers keep to this
 * very host; by http, in development, they would refuse that.
 */
export function cookieName(publicUrl: string, name: string): string {
  return `${isSecure(publicUrl) ? "__Host-" : ""}banneton-${name}`;
}

/**
 * The value of a cookie in a Cookie header, still encoded; undefined if there is none. A name sent
 * twice is not believed: one of the two may have been planted.
 */
export function readCookie(header: string | null, name: string): string | undefined {
  if (header === null) return undefined;
  const values = header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
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
