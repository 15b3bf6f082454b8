import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { PubSub } from "@google-cloud/pubsub";
import { Glob } from "bun";
import { newId } from "#platform/id.ts";
import { until } from "../../test/faults/schedule.ts";
import { openTopic } from "./pubsub.ts";

// Against the emulator of gcloud, where that is installed; test/faults/topic-killed.test.ts has a server of ours.
const place = "/usr/lib/google-cloud-sdk/platform/pubsub-emulator/lib";
const [jar] = existsSync(place)
  ? [...new Glob("cloud-pubsub-emulator-*-all.jar").scanSync({ cwd: place, absolute: true })]
  : [];
const canRun = jar !== undefined && Bun.which("java") !== null;
if (!canRun) console.warn("gcloud's Pub/Sub emulator is not installed: its test is skipped.");

const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

/** Starts the emulator on a free port; it prints which. */
async function startEmulator(): Promise<string> {
  const probe = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = probe;
  await probe.stop(true);
  const command = ["java", "-jar", jar ?? "", "--host=127.0.0.1", `--port=${port}`];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  closing.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stderr) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("Server started")) return `127.0.0.1:${port}`;
  }
  throw new Error(`the emulator ended: ${text}`);
}

test.skipIf(!canRun)(
  "a subscriber of Google's emulator gets what was sent, in order by subject, with the id to know it by",
  async () => {
    process.env["PUBSUB_EMULATOR_HOST"] = await startEmulator();
    const projectId = "banneton-tests";
    const pubsub = new PubSub({ projectId });
    closing.push(() => pubsub.close());
    await pubsub.createTopic("events");
    const topic = pubsub.topic("events");
    const [all] = await topic.createSubscription("all", { enableMessageOrdering: true });
    const subjects = [newId(), newId(), newId()];
    const events = Array.from({ length: 60 }, (_, n) => ({
      id: newId(),
      type: "test.done",
      siteId: null,
      businessDate: null,
      subjectId: subjects[n % 3] ?? "",
      payload: {},
      recordedAt: "2026-11-28T00:00:00Z",
    }));
    const arrived = await openTopic({ projectId, topic: "events" })(events);
    expect(arrived.size).toBe(60);
    const got: { readonly key: string; readonly id: string }[] = [];
    all.on("message", (message) => {
      const { id = "" } = message.attributes;
      got.push({ key: message.orderingKey ?? "", id });
      message.ack();
    });
    await until("all have come", () => new Set(got.map(({ id }) => id)).size === 60);
    const of = (subject: string) => [
      ...new Set(got.filter(({ key }) => key === subject).map(({ id }) => id)),
    ];
    for (const subject of subjects) {
      const sent = events.filter(({ subjectId }) => subjectId === subject).map(({ id }) => id);
      expect(of(subject)).toEqual(sent);
    }
    await all.close();
  },
  60_000,
);
