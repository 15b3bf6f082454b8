import * as library from "better-auth/crypto";
import { createTurns } from "#platform/turns.ts";
import { busy } from "../errors.ts";

// Turns of their own: a till never waits behind those who sign in elsewhere.
const inTurn = createTurns({ atOnce: 2, waitingMax: 100, busy });

/** The scrypt hash of a peppered PIN. Throws `devices.busy` (503) when too many are asked for. */
export function hashPin(peppered: string): Promise<string> {
  return inTurn(() => library.hashPassword(peppered));
}

/** Whether this is the peppered PIN of a stored hash. Throws `devices.busy` (503). */
export function verifyPin(hash: string, peppered: string): Promise<boolean> {
  return inTurn(() => library.verifyPassword({ hash, password: peppered }));
}
