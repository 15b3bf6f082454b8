import type { App } from "#platform/context.ts";
import type { FunctionName } from "#platform/function-calls.ts";
import type { VerifyIdentity } from "#platform/identity.ts";
import { auditEvent } from "./audit-event.ts";
import { type FunctionDoor, type FunctionHandler, openDoor } from "./door.ts";
import { exportReport } from "./export-report.ts";
import { uploadFinalized } from "./upload-finalized.ts";

/** What each function does, by the name it is deployed under. */
const handlers: Readonly<Record<FunctionName, FunctionHandler>> = {
  auditEvent,
  exportReport,
  uploadFinalized,
};

export const functionNames = Object.keys(handlers) as readonly FunctionName[];

/** A function behind its door. Nothing connects here. */
export function createFunction(app: App, name: FunctionName, verify: VerifyIdentity): FunctionDoor {
  return openDoor(app, verify, name, handlers[name]);
}
