export { followStorageEvent } from "./service/arrive.ts";
export { inspectUpload } from "./service/inspect.ts";
export { sweepUploads } from "./service/sweep.ts";
