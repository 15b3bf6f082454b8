import { setDefaultTimeout } from "bun:test";

// A slow machine is not a broken guarantee; what must be fast measures itself.
const isLong = process.env["BANNETON_TEST_LONG"] === "1";
setDefaultTimeout(isLong ? 3_600_000 : 60_000);
