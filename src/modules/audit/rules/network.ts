import { isIPv4, isIPv6 } from "node:net";

/**
 * The network of an address, so that the audit holds no personal data: the first 24 bits of IPv4,
 * the first 48 of IPv6; null for what is no address.
 */
export function networkOf(address: string | undefined): string | null {
  if (address === undefined) return null;
  if (isIPv4(address)) return ofIPv4(address);
  const [plain = ""] = address.split("%");
  if (!isIPv6(plain)) return null;
  const groups = groupsOf(plain);
  // IPv4 in the clothes of IPv6, ::ffff:a.b.c.d.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return ofIPv4([high >> 8, high & 255, low >> 8, low & 255].join("."));
  }
  const prefix = groups.slice(0, 3).map((group) => group.toString(16));
  return `${prefix.join(":")}::/48`;
}

function ofIPv4(address: string): string {
  return `${address.split(".").slice(0, 3).join(".")}.0/24`;
}

/** The eight groups of an address that is known to be one. */
function groupsOf(address: string): number[] {
  const [head = [], tail] = address.split("::").map(partsOf);
  if (tail === undefined) return head;
  const missing = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...missing, ...tail];
}

function partsOf(text: string): number[] {
  const parts = text.split(":").filter((part) => part !== "");
  return parts.flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
