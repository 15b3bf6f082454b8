/**
 * The network of an address, so that the audit holds no personal data: the first 24 bits of IPv4,
 * the first 48 of IPv6; null if there is none to tell.
 */
export function networkOf(address: string | undefined): string | null {
  if (address === undefined) return null;
  const mapped = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(address)?.[1];
  if (mapped !== undefined) return `${mapped}.0/24`;
  const groups = address.split("::")[0]?.split(":").slice(0, 3) ?? [];
  while (groups.length < 3) groups.push("0");
  return address.includes(":") ? `${groups.map((group) => group || "0").join(":")}::/48` : null;
}
