import { defineQueue } from "#platform/jobs.ts";
import { UploadJob } from "../model/upload.ts";

/** Looks at what has arrived, or has the function do so. */
export const inspectQueue = defineQueue({ name: "uploads.inspect", shape: UploadJob });

/** Brings in an accepted file. */
export const importQueue = defineQueue({
  name: "uploads.import",
  shape: UploadJob,
  expireSeconds: 3_600,
});

/** Deletes the objects of an upload that nobody needs any more. */
export const removeQueue = defineQueue({ name: "uploads.remove", shape: UploadJob });
