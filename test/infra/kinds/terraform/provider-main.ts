// Plays the provider of Google's resources for Terraform: it knows what each must and may have, plans what is
// written down, and creates nothing. Arguments: a socket, and the types that are needed.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";
import { type Block, type NestedBlock, schemaOf } from "./schema.ts";

class Unknown {}
const codec = new ExtensionCodec();
const toUnknown = () => new Unknown();
const unknownBytes = (value: unknown) => (value instanceof Unknown ? new Uint8Array([0]) : null);
codec.register({ type: 0, encode: unknownBytes, decode: toUnknown });
// An unknown of which something is known, such as a prefix.
codec.register({ type: 12, encode: () => null, decode: toUnknown });

interface Wire {
  readonly msgpack: Uint8Array;
}
type Values = Record<string, unknown>;

interface Request {
  readonly type_name: string;
  readonly config: Wire;
  readonly current_state: Wire;
  readonly proposed_new_state: Wire;
  readonly raw_state: { readonly json: Uint8Array };
}

const [socket = "", ...types] = process.argv.slice(2);
const infra = join(import.meta.dir, "../..");
const library = join(infra, "node_modules/@cdktf/provider-google/lib");
const resources = schemasOf("");
const data = schemasOf("data-");

const read = ({ msgpack }: Wire) => decode(msgpack, { extensionCodec: codec }) as Values | null;
const wire = (value: unknown) => ({
  msgpack: Buffer.from(encode(value, { extensionCodec: codec })),
});

const methods: Record<string, (request: Request) => unknown> = {
  GetSchema: () => ({
    provider: wireSchema(schemaOf(library, "provider") ?? { attributes: [], blocks: [] }),
    resource_schemas: wireSchemas(resources),
    data_source_schemas: wireSchemas(data),
  }),
  PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
  Configure: () => ({}),
  Stop: () => ({}),
  ValidateResourceTypeConfig: ({ type_name: name, config }) => {
    const block = resources.get(name);
    return { diagnostics: block === undefined ? [] : problemsOf(block, read(config), `${name}.`) };
  },
  ValidateDataSourceConfig: () => ({}),
  UpgradeResourceState: ({ raw_state: { json } }) => ({
    upgraded_state: wire(JSON.parse(Buffer.from(json).toString())),
  }),
  ReadResource: ({ current_state: state }) => ({ new_state: state }),
  PlanResourceChange: ({ type_name: name, proposed_new_state: proposed }) => {
    const planned = plan(resources.get(name), read(proposed));
    return { planned_state: wire(planned), legacy_type_system: true };
  },
  ReadDataSource: ({ type_name: name, config }) => ({
    state: wire(madeUp(data.get(name), read(config))),
  }),
};

function schemasOf(prefix: string): ReadonlyMap<string, Block> {
  const found = types
    .filter((type) => type.startsWith("data.") === (prefix !== ""))
    .map((type) => type.replace("data.", ""))
    .map((type) => {
      const name = type.replace(/^google_/, "").replaceAll("_", "-");
      return [type, schemaOf(library, prefix === "" ? name : `data-google-${name}`)] as const;
    });
  return new Map(found.filter((each): each is readonly [string, Block] => each[1] !== undefined));
}

function wireSchema(block: Block) {
  return { version: 0, block: wireBlock(block) };
}

function wireSchemas(schemas: ReadonlyMap<string, Block>) {
  return Object.fromEntries([...schemas].map(([name, block]) => [name, wireSchema(block)]));
}

function wireBlock({ attributes, blocks }: Block): unknown {
  return {
    attributes: attributes.map(({ name, type, required, optional, computed }) => {
      return { name, type: Buffer.from(JSON.stringify(type)), required, optional, computed };
    }),
    block_types: blocks.map(({ name, nesting, itemsMin, itemsMax, block }) => {
      const inner = wireBlock(block);
      return {
        type_name: name,
        nesting,
        min_items: itemsMin,
        max_items: itemsMax,
        block: inner,
      };
    }),
  };
}

/** Values outside of those that the documentation lists. */
function problemsOf({ attributes, blocks }: Block, values: unknown, path: string): unknown[] {
  if (values === null || values === undefined || values instanceof Unknown) return [];
  const given = values as Values;
  const wrong = attributes.flatMap(({ name, values: listed }) => {
    const value = given[name];
    if (listed === undefined || typeof value !== "string" || value === "") return [];
    if (listed.includes(value)) return [];
    const summary = `${path}${name} is one of ${listed.join(", ")}, and not ${value}`;
    return [{ severity: "ERROR", summary, attribute: { steps: [{ attribute_name: name }] } }];
  });
  const inner = blocks.flatMap(({ name, block }) =>
    [given[name]].flat().flatMap((each) => problemsOf(block, each, `${path}${name}.`)),
  );
  return [...wrong, ...inner];
}

/** What only Google will know is unknown; ids too, which the bindings let one write. */
function plan(block: Block | undefined, values: unknown): unknown {
  if (values === null || values instanceof Unknown || block === undefined) return values;
  const planned = { ...(values as Values) };
  for (const { name, optional, computed } of block.attributes) {
    const isGoogles = computed && (!optional || name === "id" || name === "self_link");
    if (isGoogles && planned[name] === null) planned[name] = new Unknown();
  }
  for (const each of block.blocks) planned[each.name] = planNested(each, planned[each.name]);
  return planned;
}

function planNested({ block, nesting }: NestedBlock, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plan(block, each));
  return nesting === "SINGLE" ? plan(block, value) : value;
}

/** A data source answers with something of the right type. */
function madeUp(block: Block | undefined, values: Values | null): Values {
  const answer = { ...values };
  for (const { name, type } of block?.attributes ?? []) {
    if (answer[name] !== null && answer[name] !== undefined) continue;
    if (type === "string") answer[name] = `a-${name.replaceAll("_", "-")}`;
    else if (type === "number") answer[name] = 1;
    else if (type === "bool") answer[name] = false;
    else answer[name] = type[0] === "map" ? {} : [];
  }
  return answer;
}

const proto = loadSync(join(import.meta.dir, "tfplugin5.proto"), {
  keepCase: true,
  longs: Number,
  enums: String,
});
const loaded = grpc.loadPackageDefinition(proto) as unknown as {
  tfplugin5: { Provider: { service: grpc.ServiceDefinition } };
};
const server = new grpc.Server({
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
});
const handlers: grpc.UntypedServiceImplementation = Object.fromEntries(
  Object.entries(methods).map(([name, answer]) => {
    const handler: grpc.handleUnaryCall<Request, unknown> = ({ request }, done) => {
      try {
        done(null, answer(request));
      } catch (error) {
        done({ code: grpc.status.INTERNAL, message: (error as Error).stack ?? `${error}` });
      }
    };
    return [name, handler];
  }),
);
server.addService(loaded.tfplugin5.Provider.service, handlers);
server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write("ready\n");
});
process.stdin.resume().on("end", () => {
  rmSync(dirname(socket), { recursive: true, force: true });
  process.exit();
});
