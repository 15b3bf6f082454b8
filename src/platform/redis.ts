import { Redis } from "ioredis";
import type { Secret } from "./config.ts";
import type { Log } from "./log.ts";
import { trustedCa } from "./trusted-ca.ts";

export type { Redis };

// Redis counts and hints; nobody waits for it. What it cannot answer in milliseconds it is not asked.
const options = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 300,
  connectTimeout: 500,
  // A line on which nothing comes back is given up, so that commands do not pile up on it.
  socketTimeout: 1_000,
} as const;

const retryMsMax = 2_000;

/**
 * A client of Redis that fails fast; connects when `connect` is called and again when it is lost.
 * With a CA, as PEM or a file of it, the server must be that CA's.
 */
export function openRedis(url: Secret, log: Log, ca?: string): Redis {
  const retryStrategy = (times: number) => Math.min(times * 100, retryMsMax);
  // Memorystore's certificate names no address, and its CA is the instance's own.
  const tls = ca === undefined ? {} : { tls: trustedCa(ca, false) };
  const redis = new Redis(url.reveal(), { ...options, ...tls, retryStrategy });
  let isLost = false;
  redis.on("ready", () => {
    if (isLost) log.info("Redis is back");
    isLost = false;
  });
  // Without a listener an error would end the process. One line a loss, not one a try.
  redis.on("error", (error: Error) => {
    if (!isLost) log.warn("Redis cannot be reached", { errorName: error.name });
    isLost = true;
  });
  return redis;
}
