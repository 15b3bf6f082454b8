import type { Document } from "#platform/http/openapi.ts";

/** Where a text may stand in a body: names of fields, and `[]` for each element of a list. */
export type Place = readonly string[];

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema, looked at as data
type Schema = any;

export interface TextOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly places: readonly Place[];
}

/** Every operation with a JSON body, and the free texts in it: no enum, no format, no real pattern. */
export function textOperations(document: Document): TextOperation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { operationId, requestBody }]) => {
      const schema = requestBody?.content["application/json"]?.schema;
      if (schema === undefined) return [];
      const places = textsOf(schema, document, []);
      return [{ operationId, method: method.toUpperCase(), path, places }];
    }),
  );
}

function textsOf(schema: Schema, document: Document, place: Place): Place[] {
  if (schema.$ref !== undefined) {
    return textsOf(document.components.schemas[schema.$ref.split("/").at(-1)], document, place);
  }
  const options: Schema[] = [
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ];
  const found = options.flatMap((option) => textsOf(option, document, place));
  if (schema.items !== undefined) found.push(...textsOf(schema.items, document, [...place, "[]"]));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    found.push(...textsOf(property, document, [...place, name]));
  }
  if (isFreeText(schema)) found.push(place);
  return [...new Map(found.map((each) => [each.join("/"), each])).values()];
}

/** `\S` only says "not blank", so it does not count as a pattern. */
function isFreeText(schema: Schema): boolean {
  const types: unknown[] = [schema.type].flat();
  if (!types.includes("string") || schema.enum !== undefined || schema.const !== undefined)
    return false;
  return schema.format === undefined && (schema.pattern === undefined || schema.pattern === "\\S");
}

/** A copy of a body with that text at that place; lists get it in their first element. */
export function withText(body: unknown, place: Place, text: string): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return text;
  if (step === "[]") {
    const [first, ...others] = Array.isArray(body) ? body : [];
    return [withText(first, rest, text), ...others];
  }
  const record = (body ?? {}) as Record<string, unknown>;
  return { ...record, [step]: withText(record[step], rest, text) };
}

/** What stands at that place. */
export function textAt(body: unknown, place: Place): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return body;
  const next = step === "[]" ? (body as unknown[])?.[0] : (body as Record<string, unknown>)?.[step];
  return textAt(next, rest);
}

export interface QueryOperation {
  readonly method: string;
  readonly path: string;
  /** Names of its query parameters. */
  readonly names: readonly string[];
}

export function queryOperations(document: Document): QueryOperation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters }]) => ({
      method: method.toUpperCase(),
      path,
      names: (parameters ?? []).flatMap((each) =>
        "name" in each && (each as { in?: string }).in === "query" ? [each.name] : [],
      ),
    })),
  );
}
