import pg from "pg";

/** The shape of made-up families of lots: a root each, and levels of lots made of the one before. */
export interface GenealogyShape {
  readonly families: number;
  readonly levels: number;
  readonly lotsPerLevel: number;
  /** Lots of the level before that each lot holds some of; one level holds the root alone. */
  readonly parts: number;
  /** One edge in so many is taken back by a reversal. */
  readonly reversedEvery: number;
  /** One lot in so many has some of it at a second site, and is used from there as well. */
  readonly transferredEvery: number;
  readonly seed: number;
}

const id = (kind: string, number: string) =>
  `('0199a0c2-${kind}-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** The id of a lot by its number: of each family the root comes first, then level by level. */
export const lotNumbered = (number: number): string =>
  `0199a0c2-0001-7000-8000-${number.toString(16).padStart(12, "0")}`;

/** How many lots a family has: its root and its levels. */
export const lotsOfFamily = ({ levels, lotsPerLevel }: GenealogyShape): number =>
  1 + levels * lotsPerLevel;

const seedLots = `
  create temporary table made as
  select family * (1 + $1::int * $2::int) + n as n, family * (1 + $1::int * $2::int) as root,
    case when n = 0 then 0 else 1 + (n - 1) / $1::int end as level
  from generate_series(0, $3::int - 1) as family, generate_series(0, $1::int * $2::int) as n`;

const insertLots = `
  insert into stock.lots (id, item_id, origin, source_id)
  select ${id("0001", "n")}, $1::uuid, 'run', ${id("0003", "n")} from made`;

const insertLayers = `
  insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
    effective_at)
  select ${id("0002", "n * 2 + part")}, ${id("0001", "n")}, $1::uuid, case part when 0 then $2::uuid else $3::uuid end,
    1000, 1000, 0, 0, now()
  from made, generate_series(0, 1) as part where part = 0 or n % $4::int = 0`;

// The same lot may be drawn twice for one lot: then one movement adds to the other.
const seedEdges = `
  create temporary table edges as
  select row_number() over () as e, p.n, part, q.parent,
    case when q.parent % $4::int = 0 then (hashint8extended(q.parent, p.n) & 1) else 0 end as side,
    hashint8extended(p.n * 31 + part, $3::bigint) & 15 as grams
  from made p cross join generate_series(1, $2::int) as part
  cross join lateral (
    select p.root + case when p.level = 1 then 0
      else 1 + (p.level - 2) * $1::int
        + (hashint8extended(p.n * 97 + part, $3::bigint) & 1073741823) % $1::int end as parent
  ) q
  where p.level > 0 and (p.level > 1 or part = 1)`;

const movement = (kind: string) => id(kind, "e");
const insertEdges = `
  insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity, value)
  select ${movement("0004")}, ${id("0002", "parent * 2 + side")}, ${id("0002", "n * 2")},
    grams * 0.001, 0
  from edges`;
const insertTransfers = `
  insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity, value)
  select ${id("0006", "n")}, ${id("0002", "n * 2")}, ${id("0002", "n * 2 + 1")}, 500, 0
  from made where n % $1::int = 0`;
const insertReversals = `
  with undone as (select * from edges
    where (hashint8extended(e, 5) & 1048575) % $1::int = 0), moved as (
    insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
      effective_on, actor, source_id, reverses)
    select ${movement("0005")}, 'run_reversal', $2::uuid, $3::uuid, 1, 0, now(), now()::date, 'seed',
      ${id("0003", "n")}, ${movement("0004")}
    from undone
  )
  insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity, value)
  select ${movement("0005")}, ${id("0002", "parent * 2 + side")}, ${id("0002", "n * 2")},
    -grams * 0.001, 0
  from undone`;

/** An edge as the tables have it: which lot went into which, by which movement. */
export interface Edge {
  readonly movementId: string;
  /** The movement whose edges it takes back, if it does. */
  readonly reverses: string | null;
  readonly fromLotId: string;
  readonly toLotId: string;
  /** Thousandths of the stock unit; negative where it takes an edge back. */
  readonly thousandths: number;
}

export interface SeededGenealogy {
  readonly itemId: string;
  /** Rows of the table, transfers and reversals included. */
  readonly edges: number;
}

/** Fills a migrated database, as its owner. The lots have no movements but the reversals. */
export async function seedGenealogy(
  ownerUrl: string,
  shape: GenealogyShape,
): Promise<SeededGenealogy> {
  const { families, levels, lotsPerLevel, parts, reversedEvery, transferredEvery, seed } = shape;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const itemId = await seedItem(client);
    const [here, there] = [await seedSite(client, 1), await seedSite(client, 2)];
    await client.query(seedLots, [lotsPerLevel, levels, families]);
    await client.query(insertLots, [itemId]);
    await client.query(insertLayers, [itemId, here, there, transferredEvery]);
    await client.query(seedEdges, [lotsPerLevel, parts, seed, transferredEvery]);
    await client.query(insertEdges);
    await client.query(insertTransfers, [transferredEvery]);
    await client.query(insertReversals, [reversedEvery, itemId, here]);
    await client.query("drop table made, edges");
    await client.query("vacuum analyze stock.genealogy, stock.layers, stock.lots, stock.movements");
    const { rows } = await client.query("select count(*)::int as edges from stock.genealogy");
    return { itemId, edges: rows[0].edges };
  } finally {
    await client.end();
  }
}

async function seedItem(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `insert into catalog.items (id, name, kind, stocking, unit)
     values (${id("0007", "0")}, 'Traced', 'material', 'stocked', 'kg') returning id`,
  );
  return rows[0].id;
}

async function seedSite(client: pg.Client, number: number): Promise<string> {
  const { rows } = await client.query(
    `insert into sites.sites (id, name, zone, cutover, prices_include_tax)
     values (${id("0008", "$1::int")}, 'Site ' || $1, 'Europe/Dublin', '04:00', true) returning id`,
    [number],
  );
  return rows[0].id;
}

/** Every edge between two lots, as it stands in the tables. */
export async function readEdges(url: string): Promise<Edge[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select g.movement_id as "movementId", m.reverses, c.lot_id as "fromLotId",
         p.lot_id as "toLotId", (g.quantity * 1000)::int as thousandths
       from stock.genealogy g join stock.layers c on c.id = g.consumed_layer_id
       join stock.layers p on p.id = g.produced_layer_id
       left join stock.movements m on m.id = g.movement_id`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** Lots and quantities reached by walking edges one by one: what a trace must find exactly. */
export interface BruteClosure {
  /** Least number of steps to each lot. */
  readonly levels: ReadonlyMap<string, number>;
  /** Thousandths by `from to`, of the edges between lots that were reached. */
  readonly quantities: ReadonlyMap<string, number>;
}

export function bruteClosure(
  edges: readonly Edge[],
  root: string,
  direction: "forward" | "backward",
): BruteClosure {
  const undone = new Set(edges.flatMap((edge) => (edge.reverses === null ? [] : [edge.reverses])));
  const live = edges.filter(
    (edge) =>
      edge.fromLotId !== edge.toLotId && edge.reverses === null && !undone.has(edge.movementId),
  );
  const next = new Map<string, string[]>();
  for (const { fromLotId, toLotId } of live) {
    const [from, to] = direction === "forward" ? [fromLotId, toLotId] : [toLotId, fromLotId];
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  }
  const levels = new Map([[root, 0]]);
  const queue = [root];
  for (const lot of queue) {
    for (const to of next.get(lot) ?? []) {
      if (levels.has(to)) continue;
      levels.set(to, (levels.get(lot) ?? 0) + 1);
      queue.push(to);
    }
  }
  const quantities = new Map<string, number>();
  for (const { fromLotId, toLotId, thousandths } of live) {
    if (!levels.has(fromLotId) || !levels.has(toLotId)) continue;
    const key = `${fromLotId} ${toLotId}`;
    quantities.set(key, (quantities.get(key) ?? 0) + thousandths);
  }
  return { levels, quantities };
}
