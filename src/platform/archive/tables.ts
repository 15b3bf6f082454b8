import type pg from "pg";

/** A table of the company's, with the columns that are written. */
export interface ArchiveTable {
  /** schema.table */
  readonly name: string;
  readonly columns: readonly string[];
}

// What belongs to the installation, not to the company: its schema's history, its jobs (of the schema
// pgboss), what says where files lie, which stay there, and all that opens a door or remembers who
// knocked. An archive is a file that people carry around.
const excluded: ReadonlySet<string> = new Set([
  "platform.migrations",
  "audit.copies",
  "reports.exports",
  "uploads.uploads",
  "accounts.credentials",
  "accounts.failures",
  "accounts.invitations",
  "accounts.known_addresses",
  "accounts.second_factors",
  "accounts.sessions",
  "accounts.verifications",
  "devices.approvals",
  "devices.devices",
  "devices.pairings",
  "devices.pins",
  "keys.keys",
]);

const columns = `
  select c.table_schema || '.' || c.table_name as "table",
    array_agg(c.column_name::text order by c.ordinal_position) as columns
  from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
  where t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
    and c.table_schema not in ('pg_catalog', 'information_schema', 'pgboss')
    and c.table_schema not like 'pg\\_%'
  group by 1 order by 1`;

const references = `
  select format('%s.%s', cn.nspname, c.relname) as child,
    format('%s.%s', pn.nspname, p.relname) as parent
  from pg_constraint f
  join pg_class c on c.oid = f.conrelid join pg_namespace cn on cn.oid = c.relnamespace
  join pg_class p on p.oid = f.confrelid join pg_namespace pn on pn.oid = p.relnamespace
  where f.contype = 'f'`;

/** Every table of the company, none before one that it refers to. */
export async function listTables(client: pg.ClientBase): Promise<ArchiveTable[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(columns);
  const tables = new Map(
    rows
      .filter(({ table }) => !excluded.has(table))
      .map((row) => [row.table, { name: row.table, columns: row.columns }]),
  );
  const edges = (await client.query<{ child: string; parent: string }>(references)).rows;
  const ordered = new Set<ArchiveTable>();
  const place = (table: ArchiveTable) => {
    for (const { child, parent } of edges) {
      const first = tables.get(parent);
      if (child === table.name && parent !== child && first !== undefined) place(first);
    }
    ordered.add(table);
  };
  for (const table of tables.values()) place(table);
  return [...ordered];
}

/** Names come from the catalogue; quoted all the same. */
export function quoted(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}

export function copyTarget({ name, columns: names }: ArchiveTable): string {
  return `${quoted(name)} (${names.map((column) => `"${column}"`).join(", ")})`;
}
