import pg from "pg";

/** One statement as it left for the server. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name: string | undefined;
}

type Send = (this: unknown, ...given: unknown[]) => unknown;

/** What `work` sends to PostgreSQL from this process, in order, whoever sends it. */
export async function captureStatements(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const client = pg.Client.prototype as unknown as { query: Send };
  const { query } = client;
  client.query = function (...given) {
    const [first, second] = given;
    if (typeof first === "string") {
      sent.push({ text: first, values: Array.isArray(second) ? second : [], name: undefined });
    } else {
      const { text, values, name } = first as { text: string; values?: unknown[]; name?: string };
      const given = values ?? (Array.isArray(second) ? second : []);
      sent.push({ text, values: given, name });
    }
    return query.apply(this, given);
  };
  try {
    await work();
  } finally {
    client.query = query;
  }
  return sent;
}
