import { toOpenAPISchema } from "@elysiajs/openapi";
import type { AnyElysia } from "elysia";
import { type ExampleSchema, exampleOf } from "#platform/http/example.ts";
import { problemExample } from "#platform/http/plugin.ts";
import { titleOf } from "#platform/http/problem.ts";
import { apiPrefix } from "#platform/http/replies.ts";
import { companyMark, keyMark, needsMark } from "#platform/http/responses.ts";

export interface Tag {
  readonly name: string;
  readonly description: string;
}

type Schema = ExampleSchema & { default?: unknown; format?: string; contentMediaType?: string };

interface Parameter {
  readonly name: string;
  required: boolean;
  schema: Schema;
  description?: string;
  example?: unknown;
}

/** A response of one operation, or a problem that all share by reference. */
type Declared = Response | { readonly $ref: string };

interface Response {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema; example?: unknown }>;
}

/** How credentials are sent; each alone is enough where an operation asks for some. */
export type SecuritySchemes = Readonly<Record<string, SecurityScheme>>;

type SecurityScheme = { readonly description: string } & (
  | { readonly type: "http"; readonly scheme: "bearer" }
  | { readonly type: "apiKey"; readonly in: "cookie"; readonly name: string }
);

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  description?: string;
  [keyMark]?: true;
  [needsMark]?: readonly string[];
  [companyMark]?: true;
  security?: Record<string, string[]>[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, Declared>;
}

export interface Document {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string; description: string }[];
  tags: Tag[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    parameters: Record<string, unknown>;
    headers: Record<string, unknown>;
    securitySchemes: SecuritySchemes;
  };
}

interface About extends Pick<Document, "info" | "servers" | "tags"> {
  readonly securitySchemes: SecuritySchemes;
}

const problemType = "application/problem+json";

/** The OpenAPI document of all routes, from the schemas that validate. */
export function documentOf(routes: AnyElysia, { securitySchemes, ...about }: About) {
  // JSON drops TypeBox's symbols; Elysia leaves `$id`s that are no URIs, even inside other shapes.
  const text = JSON.stringify(toOpenAPISchema(routes, { methods: [], staticFile: false }));
  const raw = JSON.parse(text, (key, value) => (key === "$id" ? undefined : value)) as Document;
  const document: Document = {
    openapi: "3.1.0",
    ...about,
    paths: raw.paths,
    components: {
      ...raw.components,
      responses: {},
      parameters: { ...parameters },
      headers: { ...headers },
      securitySchemes,
    },
  };
  const anyScheme = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      complete(operation, document, method === "get" && path.endsWith("{id}"));
      operation.security ??= path.startsWith(apiPrefix) ? anyScheme : [];
    }
  }
  keepUsed(document.components, JSON.stringify([document.paths, document.components.responses]));
  return document;
}

/** The response behind a reference, or the response itself; undefined if there is none. */
export function responseAt(document: Document, declared: Declared | undefined) {
  if (declared === undefined || !("$ref" in declared)) return declared;
  return document.components.responses[declared.$ref.split("/").at(-1) ?? ""];
}

function keepUsed(components: Document["components"], paths: string): void {
  for (const kind of ["parameters", "headers"] as const) {
    for (const name of Object.keys(components[kind])) {
      if (!paths.includes(`"#/components/${kind}/${name}"`)) delete components[kind][name];
    }
  }
}

/** Adds what Elysia's shapes cannot say: problem+json, headers, examples at the place of use. */
function complete(operation: Operation, document: Document, isRecord: boolean): void {
  const { schemas } = document.components;
  operation.description = descriptionOf(operation);
  if (operation.requestBody !== undefined) addExamples(operation.requestBody.content, schemas);
  for (const [status, response] of Object.entries(operation.responses)) {
    if ("$ref" in response) continue;
    completeResponse(response, Number(status), schemas);
    const names = headersOf(operation, Number(status), isRecord);
    if (names.length > 0) response.headers = references("headers", names);
    if (response.content?.[problemType] === undefined) continue;
    document.components.responses[`Problem${status}`] ??= response;
    operation.responses[status] = { $ref: `#/components/responses/Problem${status}` };
  }
  for (const parameter of operation.parameters ?? []) {
    if ("schema" in parameter) completeParameter(parameter);
  }
  const shared = Object.values(references("parameters", parametersOf(operation)));
  operation.parameters = [...(operation.parameters ?? []), ...shared];
  delete operation[keyMark];
}

function descriptionOf(operation: Operation): string {
  const { summary, description = `${summary}.`, [needsMark]: permissions } = operation;
  if (permissions === undefined) return description;
  const names = permissions.map((name) => `\`${name}\``).join(" and ");
  const where = operation[companyMark] === true ? " at every site" : "";
  return `${description} Needs ${names}${where}.`;
}

function completeResponse(response: Response, status: number, schemas: Record<string, Schema>) {
  if (status === 204 || status === 304) delete response.content;
  const schema = response.content?.["application/json"]?.schema;
  if (schema?.$ref === "#/components/schemas/Problem") {
    const example = { ...problemExample, title: titleOf(status), status };
    response.description = titleOf(status);
    response.content = { [problemType]: { schema, example } };
  } else if (response.content !== undefined) {
    nameMedia(response.content);
    addExamples(response.content, schemas);
  }
}

/** Text of a kind that its shape names, such as CSV. */
function nameMedia(content: NonNullable<Response["content"]>): void {
  const text = content["text/plain"];
  if (text?.schema.contentMediaType === undefined) return;
  delete content["text/plain"];
  for (const type of text.schema.contentMediaType.split(", ")) content[type] = text;
}

/**
 * A query value that Elysia converts is a union of text and the type meant: only that one is shown.
 */
function completeParameter(parameter: Parameter): void {
  const meant = parameter.schema.anyOf?.find((schema) => schema.type !== "string");
  if (meant !== undefined) parameter.schema = meant;
  const { description, default: fallback, ...schema } = parameter.schema;
  parameter.schema = fallback === undefined ? schema : { ...schema, default: fallback };
  if (fallback !== undefined) parameter.required = false;
  parameter.description = description ?? parameter.name;
  // Swagger UI fills a field with `example`: an optional filter must not narrow what one tries out.
  if (parameter.required) parameter.example = exampleOf(schema, {});
  else delete parameter.example;
}

function addExamples(
  content: Record<string, { schema: Schema; example?: unknown }>,
  schemas: Record<string, Schema>,
): void {
  for (const media of Object.values(content)) media.example = exampleOf(media.schema, schemas);
}

function references(kind: string, names: readonly string[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));
}

function parametersOf(operation: Operation): string[] {
  const names = ["Traceparent"];
  if (operation.responses["428"] !== undefined) names.push("IfMatch");
  if (operation.responses["304"] !== undefined) names.push("IfNoneMatch");
  if (operation[keyMark] === true) names.push("IdempotencyKey");
  return names;
}

function headersOf(operation: Operation, status: number, isRecord: boolean): string[] {
  if (status < 300 && operation[keyMark] === true)
    return ["Location", "ETag", "IdempotencyReplayed"];
  if (status === 201) return ["Location", "ETag"];
  if (status === 401) return ["WwwAuthenticate"];
  if (status === 503 || status === 429) return ["RetryAfter"];
  const isConditional = operation.responses["304"] !== undefined;
  if (isConditional && (status === 200 || status === 304)) return ["ETag", "CacheControl"];
  const isVersioned = operation.responses["428"] !== undefined;
  return status === 200 && (isVersioned || isRecord) ? ["ETag"] : [];
}

const parameters = {
  Traceparent: {
    name: "traceparent",
    in: "header",
    required: false,
    description: "W3C Trace Context of the caller",
    schema: {
      type: "string",
      examples: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
    },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: "New for each command; the same key again answers the stored answer",
    schema: {
      type: "string",
      minLength: 1,
      maxLength: 255,
      examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
    },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The ETag of the version you have read",
    schema: { type: "string" },
    example: '"3"',
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "The ETag of the answer you have: 304 if it is current",
    schema: { type: "string" },
  },
};

const headers = {
  Location: {
    description: "Where the new record is",
    schema: { type: "string" },
  },
  ETag: { description: "The version of the record, or of the answer", schema: { type: "string" } },
  CacheControl: {
    description: "Keep it for yourself, and ask each time whether it is current",
    schema: { type: "string", enum: ["private, no-cache"] },
  },
  IdempotencyReplayed: {
    description: "true if this is the stored answer of the same command",
    schema: { type: "string", enum: ["true"] },
  },
  WwwAuthenticate: {
    description: "How to send credentials",
    schema: { type: "string", enum: ["Bearer"] },
  },
  RetryAfter: { description: "Seconds to wait before trying again", schema: { type: "integer" } },
};
