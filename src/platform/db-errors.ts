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
