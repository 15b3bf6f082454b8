import { expect, test } from "bun:test";
import { defineEvent, subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
import { partsOf } from "./app.ts";
import { checkParts, PartsError } from "./checks.ts";

const job = defineJob({ name: "tests.one", shape: Strict({}), handler: async () => {} });
const event = defineEvent("test.done", Strict({}));
const subscription = subscribe(event, job, () => ({ payload: {} }));

test("the parts of this version fit together", () => {
  expect(() => checkParts(partsOf({ topic: undefined }))).not.toThrow();
  const topic = { projectId: "a-project", topic: "a-topic" };
  expect(() => checkParts(partsOf({ topic }))).not.toThrow();
});

test("a job with two handlers or none, and an event that is not listed, are all named at once", () => {
  const other = defineJob({ ...job, name: "tests.other" });
  const wrong = {
    jobs: [job, { ...job }],
    events: [],
    subscriptions: [subscription, subscription, subscribe(event, other, () => undefined)],
    forwardBy: other,
  };
  expect(() => checkParts(wrong)).toThrow(PartsError);
  try {
    checkParts(wrong);
  } catch (error) {
    expect((error as Error).message.split("\n- ").slice(1)).toEqual([
      "job tests.one has two handlers",
      "test.done by tests.one is subscribed twice",
      "job tests.other takes events outside but has no handler",
      "event test.done is subscribed but not listed",
      "job tests.other hears of test.done but has no handler",
    ]);
  }
});
