import { fileURLToPath } from "node:url";
import type { AppConfig } from "./config.ts";
import { createFunctionCalls, type FunctionCalls } from "./function-calls.ts";
import { developmentTokens } from "./identity-folder.ts";
import { googleTokens } from "./identity-tokens.ts";
import type { ObjectStorage } from "./storage.ts";
import { FolderStorage } from "./storage-folder.ts";
import { GoogleStorage } from "./storage-google.ts";

/** What a process finds outside of the database, by its configuration. Nothing connects here. */
export interface Services {
  readonly storage: ObjectStorage | undefined;
  readonly auditStorage: ObjectStorage | undefined;
  readonly functions: FunctionCalls;
}

export function openServices(
  { services, publicUrl }: Pick<AppConfig, "services" | "publicUrl">,
  now: () => Date,
): Services {
  const { storageUrl, auditStorageUrl, functionUrls, identityFolder } = services;
  const tokenFor =
    identityFolder === undefined ? googleTokens() : developmentTokens(identityFolder, now);
  const opened = (url: string | undefined) =>
    url === undefined ? undefined : openStorage(url, publicUrl, now);
  const storage = opened(storageUrl);
  return {
    storage,
    auditStorage: auditStorageUrl === undefined ? storage : opened(auditStorageUrl),
    functions: createFunctionCalls(functionUrls, tokenFor),
  };
}

function openStorage(url: string, publicUrl: string, now: () => Date): ObjectStorage {
  const bucket = /^gs:\/\/(.+)$/.exec(url)?.[1];
  if (bucket !== undefined) return new GoogleStorage(bucket, now);
  return new FolderStorage({ folder: fileURLToPath(url), publicUrl, now });
}
