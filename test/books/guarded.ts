import type { Document } from "#platform/http/openapi.ts";

interface Shape {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly "x-permission"?: string;
}

/** A field of an answer: `ReceiptPage.data[].lines[].totalCost`. */
export interface Field {
  readonly path: string;
  readonly name: string;
  readonly isGuarded: boolean;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly fields: readonly Field[];
}

/** Every operation with the fields of its JSON answers, references followed. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, tags, responses }]) => {
      const fields = Object.entries(responses).flatMap(([status, answer]) => {
        if (!status.startsWith("2") || "$ref" in answer) return [];
        const schema = answer.content?.["application/json"]?.schema as Shape | undefined;
        return schema === undefined ? [] : fieldsOf(document, schema, operationId);
      });
      return { method, path, operationId, tag: tags[0] ?? "", fields };
    }),
  );
}

function fieldsOf(document: Document, shape: Shape, place: string): Field[] {
  if (shape.$ref !== undefined) {
    const name = shape.$ref.split("/").at(-1) ?? "";
    return fieldsOf(document, document.components.schemas[name] as Shape, name);
  }
  const own = Object.entries(shape.properties ?? {}).flatMap(([name, property]) => {
    const path = `${place}.${name}`;
    const field = { path, name, isGuarded: property["x-permission"] !== undefined };
    return [field, ...fieldsOf(document, property, path)];
  });
  const items = shape.items === undefined ? [] : fieldsOf(document, shape.items, `${place}[]`);
  return [
    ...own,
    ...items,
    ...(shape.anyOf ?? []).flatMap((each) => fieldsOf(document, each, place)),
  ];
}

/** Which of these names an answer has, however deep. */
export function namesIn(answer: unknown, names: ReadonlySet<string>): Set<string> {
  if (answer === null || typeof answer !== "object") return new Set();
  const deeper = Object.values(answer).flatMap((value) => [...namesIn(value, names)]);
  return new Set([...Object.keys(answer).filter((name) => names.has(name)), ...deeper]);
}
