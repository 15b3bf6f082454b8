import type { TSchema } from "@sinclair/typebox";
import { TypeCheck } from "@sinclair/typebox/compiler";
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";
import { Value } from "@sinclair/typebox/value";
import { ParseError, ValidationError } from "elysia";
import type { FieldProblem } from "#platform/errors.ts";
import { HttpProblem, notFound, problemOf } from "#platform/http/problem.ts";

const errorsMax = 20;

/** Translates what Elysia throws, then all the rest. Never shows the rejected value. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof ValidationError) return ofValidation(error);
  if (error instanceof ParseError) return ofParsing(error);
  return problemOf(error);
}

/** True for what nobody planned: it goes to the log with its cause, and to the client without. */
export function isUnexpected(error: unknown): boolean {
  if (error instanceof ValidationError) return error.type === "response";
  if (error instanceof ParseError) return false;
  return problemOf(error).status === 500;
}

function ofParsing(error: ParseError): HttpProblem {
  if (error.cause instanceof HttpProblem) return error.cause;
  return new HttpProblem(400, "http.json", "The body is not valid JSON.");
}

function ofValidation(error: ValidationError): HttpProblem {
  if (error.type === "response") return problemOf(undefined);
  // An id of wrong form cannot exist.
  if (error.type === "params") return notFound();
  const errors = fieldProblems(error);
  return new HttpProblem(422, "http.validation", "The request is not valid.", { errors });
}

function fieldProblems(error: ValidationError): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  // A number in the query that is out of bounds comes as "property", without its place.
  const prefix = error.type === "body" ? "" : "/query";
  for (const found of errorsOf(error)) {
    const pointer = `${prefix}${found.path}`;
    if (!problems.has(pointer)) problems.set(pointer, { pointer, ...explain(found) });
    if (problems.size >= errorsMax) break;
  }
  return [...problems.values()];
}

function errorsOf(error: ValidationError): Iterable<ValueError> {
  const validator: unknown = error.validator;
  if (validator instanceof TypeCheck) return validator.Errors(error.value);
  return Value.Errors(validator as TSchema, error.value);
}

function explain(found: ValueError): { code: string; message: string } {
  switch (found.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return { code: "required", message: "This field is required." };
    case ValueErrorType.ObjectAdditionalProperties:
      return { code: "unknown", message: "This field is not known." };
    default:
      return { code: "invalid", message: expectation(found.schema) };
  }
}

/** What was expected, from the schema alone: the value stays out of it. */
function expectation(schema: TSchema): string {
  const { description } = schema as { description?: string };
  if (description !== undefined) return `Expected: ${description}`;
  const words = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format"]
    .filter((name) => schema[name] !== undefined)
    .map((name) => `${name} ${String(schema[name])}`);
  const type = typeof schema["type"] === "string" ? schema["type"] : "another value";
  return `Expected ${[type, ...words].join(", ")}.`;
}
