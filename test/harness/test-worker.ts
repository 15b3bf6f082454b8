// The worker as it is deployed, with jobs and subscribers of the tests beside its own. Compiled by the tests.
import { partsOf } from "../../src/worker/app.ts";
import { run } from "../../src/worker/main.ts";
import { testParts } from "./test-jobs.ts";

await run((settings) => {
  const parts = partsOf(settings);
  return {
    ...parts,
    jobs: [...parts.jobs, ...testParts.jobs],
    events: [...parts.events, ...testParts.events],
    subscriptions: [...parts.subscriptions, ...testParts.subscriptions],
  };
});
