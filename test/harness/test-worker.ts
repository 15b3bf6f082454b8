// The worker as it is deployed, with jobs and subscribers of the tests beside its own. Compiled by the tests.
import { parts } from "../../src/worker/app.ts";
import { run } from "../../src/worker/main.ts";
import { testParts } from "./test-jobs.ts";

await run({
  jobs: [...parts.jobs, ...testParts.jobs],
  events: [...parts.events, ...testParts.events],
  subscriptions: [...parts.subscriptions, ...testParts.subscriptions],
});
