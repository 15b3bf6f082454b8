export { followStorageEvent } from "./service/arrive.ts";
export { inspectUpload } from "./service/inspect.ts";
