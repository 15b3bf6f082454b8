import pg from "pg";

/**
 * The SQLSTATE behind an error, through Drizzle's wrapper; undefined if the server never answered.
 */
export function stateOf(error: unknown): string | undefined {
  const found = databaseErrorOf(error);
  return found?.code;
}

/** The name of the constraint that refused a row, if one did. */
export function constraintOf(error: unknown): string | undefined {
  return databaseErrorOf(error)?.constraint;
}

function databaseErrorOf(error: unknown): pg.DatabaseError | undefined {
  let current = error;
  while (current instanceof Error) {
    if (current instanceof pg.DatabaseError) return current;
    current = current.cause;
  }
  return undefined;
}

/** Something took longer than it may, as the driver says it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message);
}

/** Something of the network's, wherever in the chain of causes. */
export function isOfLine(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (/timeout|connection terminated|connection error/i.test(each.message)) return true;
  }
  return false;
}
