import { BlockList, isIP } from "node:net";

// IANA's special-purpose registries: what is not of the public Internet, and what leads back into a
// private network by another name (NAT64, 6to4, Teredo, mapped IPv4).
const closed = new BlockList();
const closed4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
  ...["172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"],
  ...["198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
];
const closed6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];
for (const range of closed4) add(closed, range, "ipv4");
for (const range of closed6) add(closed, range, "ipv6");

/** Global unicast: all else of IPv6 is private, local, mapped or reserved. */
const global6 = new BlockList();
add(global6, "2000::/3", "ipv6");

function add(list: BlockList, range: string, family: "ipv4" | "ipv6"): void {
  const [address = "", bits] = range.split("/");
  list.addSubnet(address, Number(bits), family);
}

/** True for an address of the public Internet; false for any other, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed.check(address, "ipv4");
  return version === 6 && global6.check(address, "ipv6") && !closed.check(address, "ipv6");
}
