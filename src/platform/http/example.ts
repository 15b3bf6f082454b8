/** The part of JSON Schema that examples are made of. */
export interface ExampleSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ExampleSchema[];
  readonly properties?: Readonly<Record<string, ExampleSchema>>;
  readonly required?: readonly string[];
  readonly items?: ExampleSchema;
  readonly minimum?: number;
}

type Definitions = Readonly<Record<string, ExampleSchema>>;

const refPrefix = "#/components/schemas/";

/** A value for the documentation: a shape's own example, or one made of those of its parts. */
export function exampleOf(schema: ExampleSchema, definitions: Definitions): unknown {
  if (schema.$ref !== undefined) {
    return exampleOf(definitions[schema.$ref.slice(refPrefix.length)] ?? {}, definitions);
  }
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf?.[0] !== undefined) return exampleOf(schema.anyOf[0], definitions);
  if (schema.properties !== undefined) return exampleOfObject(schema.properties, definitions);
  if (schema.items !== undefined) return [exampleOf(schema.items, definitions)];
  return exampleOfType(schema);
}

function exampleOfObject(
  properties: Readonly<Record<string, ExampleSchema>>,
  definitions: Definitions,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, exampleOf(each, definitions)]),
  );
}

function exampleOfType(schema: ExampleSchema): unknown {
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return false;
  return type === "null" ? null : "text";
}
