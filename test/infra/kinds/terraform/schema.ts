import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// The provider itself is a program of 100 MB that its registry alone serves. What it knows of resources is
// also in its generated bindings, which npm serves: this reads that back.

/** A type of Terraform's, as it is sent: "string", ["list", "string"], ["object", { … }]. */
export type TerraformType =
  | string
  | readonly [string, TerraformType | Readonly<Record<string, TerraformType>>];

export interface Attribute {
  readonly name: string;
  readonly type: TerraformType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  /** The values that the documentation says it may have. */
  readonly values?: readonly string[] | undefined;
}

export interface NestedBlock {
  readonly name: string;
  readonly nesting: "SINGLE" | "LIST" | "SET";
  readonly itemsMin: number;
  readonly itemsMax: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

interface Property {
  readonly isRequired: boolean;
  readonly values: readonly string[] | undefined;
}

interface Source {
  readonly interfaces: ReadonlyMap<string, ReadonlyMap<string, Property>>;
  readonly writers: ReadonlyMap<string, string>;
  readonly classes: ReadonlyMap<string, string>;
}

/** The schema of a folder of the bindings, such as `pubsub-topic`; undefined if there is none. */
export function schemaOf(library: string, folder: string): Block | undefined {
  const path = join(library, folder);
  if (!existsSync(path)) return undefined;
  const source = read(path);
  const [name, body] =
    [...source.classes].find(([, text]) =>
      /^extends cdktf\.Terraform(Resource|DataSource|Provider)\b/.test(text),
    ) ?? [];
  if (name === undefined || body === undefined) return undefined;
  const at = body.indexOf("synthesizeHclAttributes()");
  const block = parse(source, body.slice(at), `${name}Config`);
  return withComputed(source, block, body.slice(0, at));
}

function read(path: string): Source {
  const structs = join(path, "index-structs");
  const folders = existsSync(structs) ? [path, structs] : [path];
  const texts = (end: RegExp) =>
    folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((file) => end.test(file))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
  const [types, code] = [texts(/\.d\.ts$/), texts(/\.js$/)];
  const found = (text: string, pattern: RegExp) =>
    new Map([...text.matchAll(pattern)].map(([, name = "", body = ""]) => [name, body]));
  const interfaces = found(types, /export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g);
  return {
    interfaces: new Map([...interfaces].map(([name, body]) => [name, propertiesOf(body)])),
    writers: found(code, /function (\w+)ToHclTerraform\(struct\) \{([\s\S]*?)\n\}/g),
    classes: found(code, /\nclass (\w+) (extends cdktf\.\w+ \{[\s\S]*?\n\})/g),
  };
}

function propertiesOf(body: string): ReadonlyMap<string, Property> {
  const pattern = /(?:\/\*\*([\s\S]*?)\*\/\s*)?readonly (\w+)(\??): [^;]+;/g;
  return new Map(
    [...body.matchAll(pattern)].map(([, comment = "", name = "", optional]) => {
      const listed = /Possible values: \[([^\]]+)\]/.exec(comment)?.[1];
      const values = listed && [...listed.matchAll(/"([^"]*)"/g)].map(([, value = ""]) => value);
      return [name, { isRequired: optional !== "?", values: values || undefined }];
    }),
  );
}

const written =
  /\n\s+(\w+): \{\s*value: ([\s\S]*?),\s*isBlock: (true|false),\s*type: "(\w+)",\s*storageClassType: "(\w+)",\s*\}/g;

function parse(source: Source, body: string, interfaceName: string): Block {
  const properties = source.interfaces.get(interfaceName);
  const attributes: Attribute[] = [];
  const blocks: NestedBlock[] = [];
  for (const [, name = "", value = "", isBlock, shape, storage = ""] of body.matchAll(written)) {
    const reference = /(?:struct|this)\.(\w+?)(?:\.internalValue)?\)$/.exec(value)?.[1];
    const property = properties?.get(reference?.replace(/^_/, "") ?? name);
    const required = property?.isRequired === true;
    const kind = { name, required, optional: !required, computed: !required };
    const type = simpleType(storage, shape);
    if (type !== undefined) attributes.push({ ...kind, type, values: property?.values });
    else {
      const block = nested(source, value);
      const nesting = shape === "struct" ? "SINGLE" : shape === "set" ? "SET" : "LIST";
      // An attribute that holds objects is written as one, and not as a block.
      const isAttribute =
        isBlock === "true" && nesting !== "SINGLE" && /listMapperHcl\(\w+, false\)/.test(value);
      const type = [nesting === "SET" ? "set" : "list", ["object", typesOf(block)]] as const;
      if (isAttribute) attributes.push({ ...kind, type });
      else {
        const itemsMax = nesting === "SINGLE" || value.includes("listMapperHcl") ? 0 : 1;
        blocks.push({ name, nesting, itemsMin: required ? 1 : 0, itemsMax, block });
      }
    }
  }
  return { attributes, blocks };
}

function nested(source: Source, value: string): Block {
  const writer = /(\w+)ToHclTerraform/.exec(value)?.[1] ?? "";
  const name = writer.charAt(0).toUpperCase() + writer.slice(1);
  const block = parse(source, source.writers.get(writer) ?? "", name);
  return withComputed(source, block, source.classes.get(`${name}OutputReference`) ?? "");
}

function simpleType(storage: string, shape: string | undefined): TerraformType | undefined {
  const [, base, many] = /^(string|number|boolean|any)(List|Map)?$/.exec(storage) ?? [];
  if (base === undefined) return undefined;
  const type = base === "boolean" ? "bool" : base === "any" ? "dynamic" : base;
  if (many === undefined) return type;
  return [many === "Map" ? "map" : shape === "set" ? "set" : "list", type];
}

const getter =
  /\/\/ (\w+) - computed: true, optional: false, required: false\s*\n\s*(?:get \w+\(\) \{\s*return ([^;]+);|this\.\w+ = new (\w+)\(this, "\w+"(?:, (true|false))?\))/g;
const computedTypes: Readonly<Record<string, TerraformType>> = {
  String: "string",
  Number: "number",
  Boolean: "bool",
  List: ["list", "string"],
  NumberList: ["list", "number"],
  StringMap: ["map", "string"],
  BooleanMap: ["map", "bool"],
  NumberMap: ["map", "number"],
};

/** What Google alone fills in stands in the bindings as something to read and not to write. */
function withComputed(source: Source, block: Block, body: string): Block {
  const known = new Set([...block.attributes, ...block.blocks].map(({ name }) => name));
  const added: Attribute[] = [];
  for (const [, name = "", expression, reference, isSet] of body.matchAll(getter)) {
    if (known.has(name)) continue;
    const kind = { name, required: false, optional: false, computed: true };
    if (expression !== undefined) {
      const method = /this\.get(\w+)Attribute\(/.exec(expression)?.[1] ?? "";
      added.push({ ...kind, type: computedTypes[method] ?? "dynamic" });
    } else {
      const inner = (reference ?? "").replace(/(List|Map)$/, "OutputReference");
      const empty = { attributes: [], blocks: [] };
      const object = withComputed(source, empty, source.classes.get(inner) ?? "");
      const outer = isSet === "true" ? "set" : reference?.endsWith("Map") ? "map" : "list";
      added.push({ ...kind, type: [outer, ["object", typesOf(object)]] });
    }
  }
  return { attributes: [...block.attributes, ...added], blocks: block.blocks };
}

function typesOf({ attributes, blocks }: Block): Record<string, TerraformType> {
  const nestedType = ({ nesting, block }: NestedBlock): TerraformType => [
    nesting === "SET" ? "set" : "list",
    ["object", typesOf(block)],
  ];
  return Object.fromEntries([
    ...attributes.map(({ name, type }) => [name, type]),
    ...blocks.map((each) => [each.name, nestedType(each)]),
  ]);
}
