import * as library from "better-auth/crypto";
import { createTurns } from "#platform/turns.ts";
import { busy } from "../errors.ts";

const inTurn = createTurns({ atOnce: 2, waitingMax: 100, busy });

/** The scrypt hash to store. Throws `accounts.busy` (503) when too many are asked for at once. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => library.hashPassword(password));
}

/** Whether this is the password of a stored hash. Throws `accounts.busy` (503). */
export function verifyPassword(given: { hash: string; password: string }): Promise<boolean> {
  return inTurn(() => library.verifyPassword(given));
}
