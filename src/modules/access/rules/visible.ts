import type { TSchema } from "@sinclair/typebox";
import { guardOf } from "#platform/schema.ts";

/** Says whether a field that needs a permission is shown at a site, or without one anywhere. */
export type Sees = (permission: string, siteId: string | undefined) => boolean;

/** The permissions that fields of this shape need to be shown. */
export function guardsOf(shape: TSchema): readonly string[] {
  let known = guards.get(shape);
  if (known === undefined) {
    known = [...new Set(collectGuards(shape))].sort();
    guards.set(shape, known);
  }
  return known;
}

const guards = new WeakMap<TSchema, readonly string[]>();

function collectGuards(shape: Shape): string[] {
  const inside = [...Object.values(shape.properties ?? {}), ...(shape.anyOf ?? [])];
  if (shape.items !== undefined) inside.push(shape.items);
  return [guardOf(shape) ?? [], ...inside.map(collectGuards)].flat();
}

type Strip = (value: unknown, siteId: string | undefined, sees: Sees) => unknown;

interface Shape extends TSchema {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

const strips = new WeakMap<TSchema, Strip | null>();

/**
 * A copy of the value without the fields that its shape guards and the caller does not see. A record
 * that names its site (`siteId`) is judged by it, with all that is inside it; others by `siteId`.
 */
export function withoutHidden<T>(shape: TSchema, value: T, sees: Sees, siteId?: string): T {
  const strip = stripOf(shape);
  return strip === null ? value : (strip(value, siteId, sees) as T);
}

function stripOf(shape: Shape): Strip | null {
  const known = strips.get(shape);
  if (known !== undefined) return known;
  const made = makeStrip(shape);
  strips.set(shape, made);
  return made;
}

function makeStrip(shape: Shape): Strip | null {
  if (shape.properties !== undefined) return objectStrip(shape.properties);
  if (shape.items !== undefined) {
    const each = stripOf(shape.items);
    if (each === null) return null;
    return (value, siteId, sees) =>
      Array.isArray(value) ? value.map((item) => each(item, siteId, sees)) : value;
  }
  // Unions here are "this or null": the first member with something to hide is the one.
  const member = shape.anyOf?.map(stripOf).find((strip) => strip !== null);
  return member ?? null;
}

function objectStrip(properties: Readonly<Record<string, Shape>>): Strip | null {
  const guarded: [name: string, permission: string][] = [];
  const nested: [name: string, strip: Strip][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const permission = guardOf(property);
    if (permission !== undefined) guarded.push([name, permission]);
    const strip = stripOf(property);
    if (strip !== null) nested.push([name, strip]);
  }
  if (guarded.length === 0 && nested.length === 0) return null;
  return (value, outerSite, sees) => {
    if (value === null || typeof value !== "object") return value;
    const copy: Record<string, unknown> = { ...value };
    const siteId = typeof copy["siteId"] === "string" ? copy["siteId"] : outerSite;
    for (const [name, permission] of guarded) if (!sees(permission, siteId)) delete copy[name];
    for (const [name, strip] of nested) {
      if (name in copy) copy[name] = strip(copy[name], siteId, sees);
    }
    return copy;
  };
}
