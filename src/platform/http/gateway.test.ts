import { describe, expect, test } from "bun:test";
import { ask, id, json, loaf, post, secret } from "../../../test/harness/loaves.ts";

describe("201", () => {
  test("a created record says where it is and which version it has", async () => {
    const { status, headers } = await post('{"name":"rye","tags":[]}');
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/api/v1/loaves/${id}`);
    expect(headers.get("etag")).toBe('"3"');
  });
  test("a charset of UTF-8 may be named", async () => {
    const named = { "content-type": 'application/json; charset="UTF-8"' };
    expect((await post('{"name":"rye","tags":[]}', named)).status).toBe(201);
  });
});

describe("200", () => {
  test("HEAD answers as GET without a body", async () => {
    const { status, headers, body } = await ask("HEAD", `/loaves/${id}`);
    expect([status, headers.get("etag"), body]).toEqual([200, '"3"', undefined]);
  });
  test("OPTIONS says what a path knows", async () => {
    const { status, headers } = await ask("OPTIONS", "/loaves");
    expect([status, headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST"]);
  });
  test("a list has 50 records a page by default", async () => {
    expect((await ask("GET", "/loaves")).body.id).toBe("50");
  });
  test("a Host of one letter finds the right route", async () => {
    expect((await ask("GET", `http://a/loaves/${id}`)).body).toEqual(loaf);
  });
});

describe("400", () => {
  test("what is no JSON", async () => {
    for (const body of ["", "{", "{'a':1}", "[1,]", '{"a":"\0"}', "NaN"]) {
      expect((await post(body)).body.code).toBe("http.json");
    }
    expect((await ask("POST", "/loaves")).body.code).toBe("http.json");
  });
  test("bytes that are no UTF-8", async () => {
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]))).body.code).toBe("http.encoding");
    expect((await post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).status).toBe(400);
  });
  test("nesting that no shape has", async () => {
    expect((await post("[".repeat(900))).body.code).toBe("http.depth");
  });
  test("a Host that is not ours", async () => {
    expect((await ask("GET", "http://evil.example/loaves")).body.code).toBe("http.host");
  });
  test("broken escapes in the query", async () => {
    expect((await ask("GET", "/loaves?cursor=%zz")).status).toBe(400);
  });
  test("a missing or unreadable Idempotency-Key", async () => {
    const bake = (headers: HeadersInit) => ask("POST", `/loaves/${id}/bake`, { headers });
    for (const headers of [
      {},
      { "idempotency-key": "a b" },
      { "idempotency-key": "k".repeat(256) },
    ]) {
      expect((await bake(headers as HeadersInit)).body.code).toBe("http.idempotency_key");
    }
    expect((await bake({ "idempotency-key": "k".repeat(255) })).status).toBe(200);
  });
});

describe("404", () => {
  test("unknown routes", async () => {
    for (const path of ["/", "/nope", "/loaves/", "/loaves/x/y/z", "//loaves"]) {
      expect((await ask("GET", path)).status).toBe(404);
    }
  });
  test("an id of wrong form looks like one that does not exist", async () => {
    for (const path of ["/loaves/1", "/loaves/%00", "/loaves/%zz", "/loaves/%F0%9F"]) {
      expect((await ask("GET", path)).body.code).toBe("http.not_found");
    }
  });
});

describe("405", () => {
  test("names the methods that a path knows", async () => {
    const { status, headers } = await ask("DELETE", "/loaves");
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
  });
});

describe("409", () => {
  test("an AppError keeps its code and its public text", async () => {
    const { status, body } = await ask("GET", "/loaves/fail/app");
    expect([status, body.code, body.detail]).toEqual([409, "stock.short", "Too little."]);
  });
});

describe("412 and 428", () => {
  const patch = (version?: string) =>
    ask(
      "PATCH",
      `/loaves/${id}`,
      version === undefined ? {} : { headers: { "if-match": version } },
    );
  test("a version must be given", async () => {
    expect((await patch()).status).toBe(428);
  });
  test("weak, foreign and any versions match nothing", async () => {
    for (const version of ["*", 'W/"3"', "3", '"x"', '"3", "4"', '"03"']) {
      expect((await patch(version)).status).toBe(412);
    }
    expect((await patch('"3"')).body.version).toBe(3);
  });
});

describe("413", () => {
  const large = JSON.stringify({ name: "x".repeat(2_000) });
  test("by the length announced, before reading", async () => {
    expect((await post(large, { ...json, "content-length": "2000" })).status).toBe(413);
  });
  test("by the length met, when none was announced", async () => {
    const { status, headers } = await post(large);
    expect([status, headers.get("connection")]).toEqual([413, "close"]);
  });
});

describe("415", () => {
  test("other content types", async () => {
    const types = ["text/plain", "application/xml", "application/json; charset=latin1", "x"];
    for (const type of types) expect((await post("{}", { "content-type": type })).status).toBe(415);
  });
});

describe("422", () => {
  test("names each wrong field by pointer, never its value", async () => {
    const body = JSON.stringify({ name: secret.repeat(2), tags: [1], more: secret });
    const { body: problem } = await post(body);
    expect(
      problem.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code]),
    ).toEqual([
      ["/more", "unknown"],
      ["/name", "invalid"],
      ["/tags/0", "invalid"],
    ]);
  });
  test("NUL, lone surrogates and __proto__, in values and keys", async () => {
    const bodies = ['"a\\u0000"', '"\\ud83e"', '"\\uDD50 "'].map(
      (name) => `{"name":${name},"tags":[]}`,
    );
    for (const body of [...bodies, '{"__proto__":{}}', '{"\\u0000":1}', '{"\\u005f_proto__":1}']) {
      expect((await post(body)).body.code).toBe("http.validation");
    }
    expect((await post('{"name":"\\ud83e\\udd50","tags":[]}')).status).toBe(201);
  });
  test("unknown, doubled and impossible query parameters", async () => {
    const queries = [
      "x=1",
      "limit=0",
      "limit=201",
      "limit=a",
      "limit=",
      "limit=1&limit=2",
      "cursor=%00",
    ];
    for (const query of queries) {
      expect([query, (await ask("GET", `/loaves?${query}`)).status]).toEqual([query, 422]);
    }
  });
});
