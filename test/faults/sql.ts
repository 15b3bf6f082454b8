import pg from "pg";

/** A connection past the system under test: straight to PostgreSQL, as its owner or admin. */
export interface Sql {
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openSql(url: string): Promise<Sql> {
  const client = new pg.Client({ connectionString: url, application_name: "banneton checker" });
  client.on("error", () => {});
  await client.connect();
  return {
    rows: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, values as unknown[])).rows as Row[],
    close: () => client.end(),
  };
}
