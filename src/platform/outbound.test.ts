import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openReceiver, type Receiver } from "../../test/harness/receiver.ts";
import { parseWebConfig } from "./config.ts";
import { outboundUrl, postOutbound, type Resolve } from "./outbound.ts";
import { isPublicAddress } from "./outbound-addresses.ts";

const folder = join(import.meta.dir, "../../test/harness/certificates");
const certificate = {
  key: readFileSync(join(folder, "hooks-example-key.pem"), "utf8"),
  cert: readFileSync(join(folder, "hooks-example.pem"), "utf8"),
};

let plain: Receiver;
let secure: Receiver;
beforeAll(async () => {
  plain = await openReceiver();
  secure = await openReceiver(0, certificate);
});
afterAll(() => Promise.all([plain.close(), secure.close()]));
beforeEach(() => {
  plain.received.length = 0;
  secure.received.length = 0;
  plain.answer = (_, response) => void response.end("ok");
});

const to = (url: string) => ({ url, body: "{}", headers: { "x-test": "1" } });
const answering = (...addresses: string[]) => {
  const resolve: Resolve = async () => addresses.map((address) => ({ address }));
  return resolve;
};
const allowed = () => ({ allow: [`127.0.0.1:${plain.port}`] });

describe("where it may go", () => {
  test("private, local, metadata, mapped and reserved addresses are none of the Internet", () => {
    const closed = [
      ...["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"],
      ...["100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "203.0.113.9"],
      ...["::1", "::", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:8.8.8.8"],
      ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "ff02::1", "localhost", ""],
    ];
    expect(closed.filter(isPublicAddress)).toEqual([]);
    expect(["8.8.8.8", "172.32.0.1", "2a00:1450:4001::1"].every(isPublicAddress)).toBe(true);
  });

  test("plain http, credentials and private addresses in a URL are refused, however written", () => {
    const refused = [
      ...["http://hooks.example/", "ftp://hooks.example/", "https://a:b@hooks.example/", "x"],
      ...["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/"],
      ...["https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "file:///etc/passwd"],
    ];
    expect(refused.filter((url) => outboundUrl(url, []) !== undefined)).toEqual([]);
    expect(outboundUrl("https://hooks.example/a?b=c", [])).toBeDefined();
  });

  test("a name that leads to a private address is never connected to", async () => {
    const url = `https://hooks.example:${secure.port}/`;
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"]]) {
      const doors = { allow: [], resolve: answering(...addresses), ca: certificate.cert };
      expect((await postOutbound(to(url), doors)).problem).toBe("address_refused");
    }
    expect(secure.received).toEqual([]);
  });

  test("a name that is rebound is asked once, and the connection goes where it led then", async () => {
    const place = `hooks.example:${secure.port}`;
    let asked = 0;
    const resolve: Resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "192.0.2.1" }];
    };
    const doors = { allow: [place], resolve, ca: certificate.cert };
    expect(await postOutbound(to(`https://${place}/in`), doors)).toEqual({
      problem: undefined,
      status: 200,
    });
    expect(asked).toBe(1);
    expect(secure.received[0]?.headers["host"]).toBe(place);
  });

  test("a certificate of another name, or of nobody known, is refused", async () => {
    const place = `other.example:${secure.port}`;
    const doors = { allow: [place], resolve: answering("127.0.0.1") };
    const url = `https://${place}/`;
    const withCa = { ...doors, ca: certificate.cert };
    expect((await postOutbound(to(url), withCa)).problem).toBe("unreachable");
    const known = { ...doors, allow: [`hooks.example:${secure.port}`] };
    const stranger = to(`https://hooks.example:${secure.port}/`);
    expect((await postOutbound(stranger, known)).problem).toBe("unreachable");
    expect(secure.received).toEqual([]);
  });

  test("an exception is for its host and port alone, and for no production", async () => {
    expect((await postOutbound(to(plain.url), allowed())).problem).toBeUndefined();
    const other = { allow: [`127.0.0.1:${secure.port}`, `localhost:${plain.port}`] };
    expect((await postOutbound(to(plain.url), other)).problem).toBe("url_refused");
    const env = {
      DATABASE_URL: "postgres://app@db/b",
      NODE_ENV: "production",
      PUBLIC_URL: "https://bakery.example",
      AUTH_SECRET: "x".repeat(32),
      OUTBOUND_ALLOW: "127.0.0.1:80",
    };
    expect(() => parseWebConfig(env)).toThrow("OUTBOUND_ALLOW: is for development");
    expect(parseWebConfig({ ...env, NODE_ENV: "test" }).outbound.allow).toEqual(["127.0.0.1:80"]);
  });
});

describe("what it may do there", () => {
  test("a redirect is not followed", async () => {
    plain.answer = (_, response) => {
      response.writeHead(307, { location: `https://hooks.example:${secure.port}/` }).end();
    };
    expect(await postOutbound(to(plain.url), allowed())).toEqual({
      problem: "redirected",
      status: 307,
    });
    expect([plain.received.length, secure.received.length]).toEqual([1, 0]);
  });

  test("an answer that does not end is given up by its size, and one that does not come by time", async () => {
    plain.answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
    };
    expect((await postOutbound(to(plain.url), allowed())).problem).toBe("too_large");
    plain.answer = () => {};
    const hasty = { ...allowed(), timeoutMs: 50 };
    expect((await postOutbound(to(plain.url), hasty)).problem).toBe("timeout");
    plain.answer = (_, response) => void response.write("slow");
    expect((await postOutbound(to(plain.url), hasty)).problem).toBe("timeout");
  });

  test("a refusal, a name nobody knows and nobody at the door are failures, never errors", async () => {
    plain.answer = (_, response) => void response.writeHead(500).end();
    expect(await postOutbound(to(plain.url), allowed())).toEqual({
      problem: "status",
      status: 500,
    });
    const url = "https://hooks.example/";
    const unknown: Resolve = () => Promise.reject(new Error("ENOTFOUND"));
    expect((await postOutbound(to(url), { allow: [], resolve: unknown })).problem).toBe(
      "name_unknown",
    );
    const gone = await openReceiver();
    await gone.close();
    const doors = { allow: [`127.0.0.1:${gone.port}`] };
    expect((await postOutbound(to(gone.url), doors)).problem).toBe("unreachable");
  });
});
