import { isIP } from "node:net";

const withPort = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;

/**
 * The client's address. With n trusted proxies it is the n-th entry from the right of
 * X-Forwarded-For, which the outermost of them wrote: whatever stands left of it anybody may have
 * sent. With none, or a header that is too short or malformed, it is the peer's.
 */
export function clientAddress(
  request: Request,
  peer: string | undefined,
  trustedProxies: number,
): string | undefined {
  const own = peer === undefined ? undefined : normalAddress(peer);
  if (trustedProxies === 0) return own;
  const told = request.headers.get("x-forwarded-for")?.split(",").at(-trustedProxies);
  return (told === undefined ? undefined : normalAddress(told.trim())) ?? own;
}

/** One spelling for each address; mapped IPv4 is IPv4. Undefined for what is no address. */
export function normalAddress(text: string): string | undefined {
  const match = withPort.exec(text);
  const plain = (match?.[1] ?? match?.[2] ?? text).replace(/%.*$/, "");
  const version = isIP(plain);
  if (version === 0) return undefined;
  if (version === 4) return plain;
  const spelled = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelled);
  return mapped === null ? spelled : dotted(`${mapped[1]}`, `${mapped[2]}`);
}

function dotted(high: string, low: string): string {
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join(".");
}

/** Whose budget an address takes from: an IPv6 customer has at least a /64 to choose from. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":");
    while (groups.length + rest.length < 8) groups.push("0");
  }
  while (groups.length < 4) groups.push("0");
  return `${groups.slice(0, 4).join(":")}::/64`;
}
