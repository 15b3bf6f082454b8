import { createHmac } from "node:crypto";

/** What one household shares: an IPv4 address, or the first 64 bits of IPv6. */
export function neighbourhoodOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  while (tail !== undefined && groups.length + rest.length < 8) groups.push("0");
  const network = [...groups, ...rest].slice(0, 4);
  return `${network.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

/** A text that can be compared but not read, in hex. */
export function fingerprintOf(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}
