/** What took from a layer and did not give back; quantities and costs in millionths. */
export interface Consumer {
  readonly kind: "sale" | "waste" | "count" | "return" | "run" | "transfer";
  /** Its own id: the run's, or the layer's that a transfer made. */
  readonly target: string;
  readonly quantity: bigint;
  /** What it costs by now. */
  readonly cost: bigint;
}

export interface CostedLayer<C extends Consumer> {
  readonly id: string;
  readonly quantity: bigint;
  readonly value: bigint;
  /** In the order of recording. */
  readonly consumers: readonly C[];
}

/** How a run's cost is shared: by what came out good and what was lost beyond the expected. */
export interface RunShare {
  readonly runId: string;
  /** Null if nothing good came out. */
  readonly layerId: string | null;
  readonly good: bigint;
  readonly lost: bigint;
}

export interface Spread<C extends Consumer> {
  /** What each layer keeps, by its id; never 0. */
  readonly kept: ReadonlyMap<string, bigint>;
  /** What went to who took it, never 0; runs and transfers have passed theirs on. */
  readonly borne: readonly { readonly layerId: string; readonly by: C; readonly value: bigint }[];
  readonly lost: readonly { readonly share: RunShare; readonly value: bigint }[];
}

/**
 * ALLOC in millionths (domain rules 2). A negative total is the mirror image of the positive one,
 * so that a price put back undoes its correction to the millionth.
 */
export function allocateMicros(total: bigint, weights: readonly bigint[]): bigint[] {
  const weight = weights.reduce((sum, each) => sum + each, 0n);
  if (weight === 0n) throw new RangeError("Nothing to allocate by: the weights add up to 0");
  if (total < 0n) return allocateMicros(-total, weights).map((part) => -part);
  const parts = weights.map((each) => (total * each) / weight);
  const left = Number(total - parts.reduce((sum, each) => sum + each, 0n));
  if (left === 0) return parts;
  const order = weights
    .map((each, index) => ({ index, rest: (total * each) % weight }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  for (const { index } of order.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}

/** Undefined for what may fall without end: a run books as a gain what its output cannot bear. */
type Room = bigint | undefined;

/**
 * ALLOC by quantities; nobody gives back more than they cost. Rounding may ask that of them by a
 * millionth: then the others give it, in their order. What nobody can give is the rest.
 */
function share(total: bigint, weights: readonly bigint[], rooms: readonly Room[]) {
  const parts = allocateMicros(total, weights);
  let rest = 0n;
  for (const [index, room] of rooms.entries()) {
    const part = parts[index] ?? 0n;
    if (room === undefined || part >= -room) continue;
    parts[index] = -room;
    rest += part + room;
  }
  for (const [index, room] of rooms.entries()) {
    if (rest === 0n) break;
    const part = parts[index] ?? 0n;
    const taken = room === undefined || -(part + rest) <= room ? rest : -(room + part);
    parts[index] = part + taken;
    rest -= taken;
  }
  return { parts, rest };
}

type Sums<K> = Map<K, bigint>;

function add<K>(sums: Sums<K>, key: K, value: bigint): void {
  if (value !== 0n) sums.set(key, (sums.get(key) ?? 0n) + value);
}

/** What is still on its way: to layers and to runs, by their ids; and what runs lost. */
interface Flow {
  readonly due: Sums<string>;
  readonly ofRuns: Sums<string>;
  readonly losses: Sums<RunShare>;
}

/**
 * Follows late prices to where the goods went (domain rules 4): the remainder of a layer, who took
 * from it, what runs made of it (domain rules 7), where transfers carried it. `layers` are the
 * whole closure in the order of recording, so that each comes after all it was made from and gets
 * the sum of what reaches it once. All that is kept, borne and lost adds up to the differences.
 */
export function spreadCorrection<C extends Consumer>(
  differences: ReadonlyMap<string, bigint>,
  layers: readonly CostedLayer<C>[],
  shares: readonly RunShare[],
): Spread<C> {
  const flow: Flow = { due: new Map(differences), ofRuns: new Map(), losses: new Map() };
  const makers = new Map(shares.map((each) => [each.layerId, each]));
  const rooms = roomsOf(layers);
  const kept: Sums<string> = new Map();
  const borne: { layerId: string; by: C; value: bigint }[] = [];
  for (const layer of layers) {
    const maker = makers.get(layer.id);
    if (maker !== undefined) settleRun(maker, flow);
    const total = flow.due.get(layer.id) ?? 0n;
    if (total === 0n) continue;
    const { parts, rest } = share(
      total,
      [layer.quantity, ...layer.consumers.map((each) => each.quantity)],
      [layer.value, ...layer.consumers.map((each) => roomOf(each, rooms))],
    );
    if (rest !== 0n) {
      if (maker === undefined) throw new RangeError("A layer cannot fall below nothing");
      add(flow.losses, maker, rest);
    }
    const [remainder = 0n, ...taken] = parts;
    add(kept, layer.id, remainder);
    for (const [index, by] of layer.consumers.entries()) {
      const value = taken[index] ?? 0n;
      if (by.kind === "run") add(flow.ofRuns, by.target, value);
      else if (by.kind === "transfer") add(flow.due, by.target, value);
      else if (value !== 0n) borne.push({ layerId: layer.id, by, value });
    }
  }
  for (const run of shares) if (run.layerId === null) settleRun(run, flow);
  const losses = [...flow.losses].filter(([, value]) => value !== 0n);
  return { kept, borne, lost: losses.map(([share, value]) => ({ share, value })) };
}

/** What reached a run, by its cost rule: the good part to its output, the rest is lost. */
function settleRun(run: RunShare, { due, ofRuns, losses }: Flow): void {
  const total = ofRuns.get(run.runId) ?? 0n;
  const [good = 0n, lost = 0n] = allocateMicros(total, [run.good, run.lost]);
  if (run.layerId !== null) add(due, run.layerId, good);
  add(losses, run, lost);
}

/** How far each layer's cost, and that of all that came of it, can fall. */
function roomsOf(layers: readonly CostedLayer<Consumer>[]): ReadonlyMap<string, Room> {
  const rooms = new Map<string, Room>();
  for (const layer of layers.toReversed()) {
    const room = layer.consumers.reduce<Room>((sum, each) => {
      const more = roomOf(each, rooms);
      return sum === undefined || more === undefined ? undefined : sum + more;
    }, layer.value);
    rooms.set(layer.id, room);
  }
  return rooms;
}

function roomOf(by: Consumer, rooms: ReadonlyMap<string, Room>): Room {
  if (by.kind === "run") return undefined;
  if (by.kind === "transfer") return rooms.get(by.target);
  return by.cost < 0n ? 0n : by.cost;
}
