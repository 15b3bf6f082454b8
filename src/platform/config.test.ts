import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { ConfigError, parseWebConfig, Secret } from "./config.ts";

const url = "postgres://app:hunter2@db/banneton";

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parseWebConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("the environment", () => {
  test("has defaults for all but the database", () => {
    const config = parseWebConfig({ DATABASE_URL: url });
    expect([config.port, config.hostname, config.environment]).toEqual([
      3000,
      "127.0.0.1",
      "development",
    ]);
  });

  test("tells every problem at once, by name and without the value", () => {
    const problems = problemsOf({
      PORT: "99999",
      LOG_LEVEL: "loud",
      DATABASE_URL: "mysql://s3cret",
    });
    const names = problems.map((problem) => problem.split(":")[0]);
    expect(names.sort()).toEqual(["DATABASE_URL", "LOG_LEVEL", "PORT"]);
    expect(problems.join()).not.toContain("s3cret");
    expect(problemsOf({})).toHaveLength(1);
  });

  test("takes an empty value as none", () => {
    expect(parseWebConfig({ DATABASE_URL: url, PORT: "" }).port).toBe(3000);
  });
});

describe("a secret", () => {
  test("prints as [secret] however it is printed", () => {
    const secret = new Secret(url);
    const prints = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)];
    for (const print of prints) {
      expect(print).toContain("[secret]");
      expect(print).not.toContain("hunter2");
    }
    expect(secret.reveal()).toBe(url);
  });
});
