import { describe, expect, test } from "bun:test";
import { clientAddress, networkOf, normalAddress } from "#platform/http/address.ts";

const peer = "203.0.113.9";

function told(forwarded: string | undefined, proxies: number): string | undefined {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return clientAddress(new Request("http://localhost/", { headers }), peer, proxies);
}

describe("the client's address", () => {
  test("is the peer's without trusted proxies, whatever the header says", () => {
    for (const forged of ["198.51.100.1", "::1", "1.2.3.4, 5.6.7.8", "", ","]) {
      expect(told(forged, 0)).toBe(peer);
    }
  });

  test("is what the outermost trusted proxy saw, however much is forged before it", () => {
    expect(told("198.51.100.7", 1)).toBe("198.51.100.7");
    expect(told("1.1.1.1, 2.2.2.2,198.51.100.7", 1)).toBe("198.51.100.7");
    expect(told("1.1.1.1, 198.51.100.7, 10.0.0.1", 2)).toBe("198.51.100.7");
    expect(told("junk, <script>, 198.51.100.7", 1)).toBe("198.51.100.7");
  });

  test("is the peer's when the header is missing, too short or malformed", () => {
    expect(told(undefined, 1)).toBe(peer);
    expect(told("198.51.100.7", 2)).toBe(peer);
    for (const malformed of [
      "unknown",
      "_hidden",
      "198.51.100",
      "198.51.100.7.",
      "1.1.1.1,",
      "::g",
    ])
      expect(told(malformed, 1)).toBe(peer);
  });

  test("may come with a port", () => {
    expect(told("198.51.100.7:443", 1)).toBe("198.51.100.7");
    expect(told("[2001:db8::1]:443", 1)).toBe("2001:db8::1");
  });
});

test("an address has one spelling", () => {
  const spellings: Record<string, string> = {
    "::ffff:192.0.2.1": "192.0.2.1",
    "0:0:0:0:0:FFFF:C000:0201": "192.0.2.1",
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "fe80::1%eth0": "fe80::1",
    "::1": "::1",
  };
  for (const [text, spelled] of Object.entries(spellings))
    expect(normalAddress(text)).toBe(spelled);
  expect(normalAddress("localhost")).toBeUndefined();
});

test("an IPv6 address shares the budget of its /64, an IPv4 address has its own", () => {
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::/64");
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
  expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
});
