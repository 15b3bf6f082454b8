import * as library from "better-auth/crypto";
import { busy } from "../errors.ts";

// Each takes a thread of the runtime's pool for a tenth of a second, and 32 MB. All threads at once
// would keep the database's connections from being opened, and tills waiting for a core.
const atOnce = 2;
const waitingMax = 100;

let running = 0;
const waiting: (() => void)[] = [];

/** The scrypt hash to store. Throws `accounts.busy` (503) when too many are asked for at once. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => library.hashPassword(password));
}

/** Whether this is the password of a stored hash. Throws `accounts.busy` (503). */
export function verifyPassword(given: { hash: string; password: string }): Promise<boolean> {
  return inTurn(() => library.verifyPassword(given));
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < atOnce) running += 1;
  else if (waiting.length >= waitingMax) throw busy();
  else await new Promise<void>((begin) => waiting.push(begin));
  try {
    return await work();
  } finally {
    // Whoever waits longest takes the place over.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
