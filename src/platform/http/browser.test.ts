import { describe, expect, test } from "bun:test";
import { browserGuard } from "#platform/http/browser.ts";

const publicUrl = "https://bakery.example";
const corsOrigins = ["https://shop.example", "http://localhost:5173"];
const guard = browserGuard({ publicUrl, corsOrigins });
const cookie = { cookie: "__Host-banneton=x" };
const bearer = { authorization: "Bearer bnt_key_x" };

type Asked = Readonly<Record<string, string>>;

function asked(headers: Asked, method = "POST", host = "bakery.example"): Request {
  return new Request(`http://${host}/api/v1/sites`, { method, headers: { host, ...headers } });
}

const isRefused = (...args: Parameters<typeof asked>): boolean => {
  try {
    guard.check(asked(...args));
    return false;
  } catch (error) {
    expect(error).toMatchObject({ status: 403, code: "http.cross_site" });
    return true;
  }
};

// What is no origin of ours, however near it looks.
const strangers = [
  "https://evil.example",
  "null",
  "",
  "https://bakery.example.evil.example",
  "https://evil-bakery.example",
  "https://sub.bakery.example",
  "http://bakery.example",
  "https://bakery.example:8443",
  "https://bakery.example/",
  "HTTPS://BAKERY.EXAMPLE",
  "https://shop.example:444",
];

describe("an unsafe request", () => {
  test("of a foreign origin is refused, with a cookie, a key or nothing", () => {
    for (const origin of strangers) {
      for (const shown of [{}, cookie, bearer]) {
        for (const method of ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
          expect([origin, isRefused({ origin, ...shown }, method)]).toEqual([origin, true]);
        }
      }
    }
  });

  test("of our own origin passes, under every host that is answered", () => {
    const own = { origin: publicUrl, "sec-fetch-site": "same-origin" };
    for (const shown of [{}, cookie, bearer]) expect(isRefused({ ...own, ...shown })).toBe(false);
    const other = { origin: "https://till.local:8443", ...cookie };
    expect(isRefused(other, "POST", "till.local:8443")).toBe(false);
    expect(
      isRefused({ origin: "http://till.local:8443", ...cookie }, "POST", "till.local:8443"),
    ).toBe(true);
  });

  test("that another site or a sibling caused is refused, with or without its origin", () => {
    for (const site of ["cross-site", "same-site", "rubbish"]) {
      for (const shown of [{}, cookie, { ...cookie, ...bearer }]) {
        expect(isRefused({ "sec-fetch-site": site, ...shown })).toBe(true);
        expect(isRefused({ origin: publicUrl, "sec-fetch-site": site, ...cookie })).toBe(true);
      }
    }
  });

  test("that a person typed or sent again passes; a script's without a site does not", () => {
    const none = { "sec-fetch-site": "none", ...cookie };
    expect(isRefused({ ...none, "sec-fetch-mode": "navigate" })).toBe(false);
    expect(isRefused({ ...none, "sec-fetch-mode": "cors" })).toBe(true);
  });

  test("of a program, which names no origin, passes", () => {
    for (const shown of [{}, cookie, bearer]) expect(isRefused(shown)).toBe(false);
  });

  test("of a configured origin passes with a key, and never with a cookie", () => {
    for (const origin of corsOrigins) {
      const site = { origin, "sec-fetch-site": "cross-site" };
      expect(isRefused({ ...site, ...bearer })).toBe(false);
      expect(isRefused(site)).toBe(false);
      expect(isRefused({ ...site, ...cookie })).toBe(true);
      expect(isRefused({ ...site, ...bearer, ...cookie })).toBe(true);
    }
  });
});

test("a safe request is nobody's harm", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    expect(isRefused({ origin: "https://evil.example", ...cookie }, method)).toBe(false);
  }
});

describe("CORS", () => {
  const corsOf = (origin: string, method = "GET") => {
    const headers = new Headers();
    guard.setHeaders(asked({ origin }, method), headers);
    return headers;
  };

  test("is for configured origins, letter by letter, and never reflected", () => {
    for (const origin of corsOrigins) {
      expect(corsOf(origin).get("access-control-allow-origin")).toBe(origin);
    }
    for (const origin of [...strangers, publicUrl]) {
      const headers = corsOf(origin);
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("vary")).toBe("Origin");
    }
  });

  test("never lets cookies along, nor any origin", () => {
    for (const method of ["GET", "OPTIONS", "POST"]) {
      const headers = corsOf(corsOrigins[0] ?? "", method);
      expect(headers.has("access-control-allow-credentials")).toBe(false);
      expect(headers.get("access-control-allow-origin")).not.toBe("*");
    }
  });

  test("answers a preflight of a configured origin alone", () => {
    const preflight = (origin: string) =>
      guard.isPreflight(asked({ origin, "access-control-request-method": "POST" }, "OPTIONS"));
    for (const origin of corsOrigins) expect(preflight(origin)).toBe(true);
    for (const origin of strangers) expect(preflight(origin)).toBe(false);
    const allowed = corsOf(corsOrigins[0] ?? "", "OPTIONS").get("access-control-allow-headers");
    expect(allowed).toContain("authorization");
  });

  test("is not there at all when nobody is configured", () => {
    const headers = new Headers();
    browserGuard({ publicUrl, corsOrigins: [] }).setHeaders(asked({ origin: "null" }), headers);
    expect([...headers]).toEqual([]);
  });
});
