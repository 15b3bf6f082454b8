import { describe, expect, test } from "bun:test";
import { type AuditedField, auditedFields, checkChanges, isCode } from "./rules/changes.ts";
import { networkOf } from "./rules/network.ts";

describe("the network of an address", () => {
  test.each([
    ["203.0.113.77", "203.0.113.0/24"],
    ["0.0.0.0", "0.0.0.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["::FFFF:203.0.113.77", "203.0.113.0/24"],
    ["::ffff:cb00:714d", "203.0.113.0/24"],
    ["2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::/48"],
    ["2001:0DB8:85A3::1", "2001:db8:85a3::/48"],
    ["2001:db8::1", "2001:db8:0::/48"],
    ["1::2:3:4:5:6:7", "1:0:2::/48"],
    ["::1", "0:0:0::/48"],
    ["::", "0:0:0::/48"],
    ["fe80::1%eth0", "fe80:0:0::/48"],
    ["64:ff9b::203.0.113.77", "64:ff9b:0::/48"],
  ])("of %s is %s: nobody's own", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each([
    undefined,
    "",
    "unknown",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.77:443",
    "[2001:db8::1]",
    "2001:db8::1::2",
    "1:2:3:4:5:6:7:8:9",
    "anna@example.com",
    "'; drop table",
    "\u0000",
  ])("of %j is none", (address) => {
    expect(networkOf(address)).toBeNull();
  });
});

describe("what a deed may say", () => {
  test.each([
    "name",
    "email",
    "password",
    "pin",
    "token",
    "secret",
    "key",
    "code",
    "hash",
    "phone",
    "address",
    "reason",
    "note",
    "anythingNew",
  ])("a field called %s is refused, at the top, in a group and in a list", (field) => {
    const refusal = `the audit knows the field ${field}`;
    const value = { [field]: "x" };
    expect(() => checkChanges(value)).toThrow(refusal);
    expect(() => checkChanges({ memberships: value })).toThrow(refusal);
    expect(() => checkChanges({ memberships: [{ role: "owner" }, value] })).toThrow(refusal);
  });

  test("no field that is known sounds like a person or a secret, but for two that hold neither", () => {
    const personal =
      /name|mail|pass|pin$|token|secret|hash|phone|address|birth|note|reason|text|key$/i;
    // How many addresses were forgotten; SHA-256 of an imported file.
    const harmless: AuditedField[] = ["addresses", "contentHash"];
    expect(auditedFields.filter((field) => personal.test(field)).toSorted()).toEqual(harmless);
  });

  test.each([
    "anna@example.com",
    "Anna Baker",
    "Crème",
    "bnt_key_0123456789",
    "x".repeat(65),
    "",
    "line\nbreak",
    "\u0000",
  ])("a text such as %j is refused under any field, and never repeated", (text) => {
    let message = "";
    try {
      checkChanges({ role: text });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toStartWith("Invariant broken: role in the audit");
    if (text !== "") expect(message).not.toContain(text);
    expect(isCode(text)).toBe(false);
  });

  test("what is neither a value nor a group is refused", () => {
    for (const changes of ["3.50", 3, null, ["price"]]) {
      expect(() => checkChanges(changes)).toThrow("by field");
    }
    for (const price of [Number.NaN, 1n, () => 1, Symbol("x")]) {
      expect(() => checkChanges({ price })).toThrow("price in the audit");
    }
  });

  test("ids, decimals, instants, zones and words of the code pass", () => {
    const siteId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
    checkChanges(undefined);
    checkChanges({ price: "-3.50", version: 2, pricesIncludeTax: false, siteId: null });
    checkChanges({ expiresAt: "2026-11-27T23:30:00.123456Z", zone: "Europe/Dublin" });
    checkChanges({ memberships: [{ role: "manager", siteId }], scopes: ["sales.void"] });
  });
});
