import type { App } from "#platform/context.ts";

/** Fills an empty database with the demo bakery, through the services, oldest day first. */
export async function seedDemo(_app: App, say: (sentence: string) => void): Promise<void> {
  say("The demo bakery is not written yet: the database stays empty.");
}
