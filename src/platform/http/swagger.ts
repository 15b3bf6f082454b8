import { readFile } from "node:fs/promises";
import { openapi } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import type { Document } from "#platform/http/openapi.ts";
import { notFound } from "#platform/http/problem.ts";

const assets: Readonly<Record<string, string>> = {
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
};

/** Swagger UI at /swagger with our own copy of its files, and the document at /swagger/json. */
export function swaggerRoutes(document: Document) {
  const { openapi: version, ...documentation } = document;
  return new Elysia({ name: "swagger", normalize: false })
    .use(
      openapi({
        path: "/swagger",
        specPath: "/swagger/json",
        provider: "swagger-ui",
        openapiVersion: version as "3.1.0",
        // The document is complete: the plugin only serves it.
        documentation: documentation as never,
        exclude: { paths: [/^/] },
        swagger: {
          url: "/swagger/json",
          cdn: "/swagger/assets/swagger-ui-bundle.js",
          theme: "/swagger/assets/swagger-ui.css",
        } as never,
      }),
    )
    .get("/swagger/assets/:file", async ({ params }) => assetResponse(params.file), {
      detail: { hide: true },
    });
}

const loaded = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

async function assetResponse(file: string): Promise<Response> {
  const type = Object.hasOwn(assets, file) ? assets[file] : undefined;
  if (type === undefined) throw notFound();
  const reading = loaded.get(file) ?? readAsset(file);
  loaded.set(file, reading);
  const headers = { "content-type": type, "cache-control": "public, max-age=86400" };
  return new Response(await reading, { headers });
}

/** Beside the built artefact lies a copy; in the source tree the package itself. */
async function readAsset(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(new URL(`./swagger-ui/${file}`, import.meta.url)));
  } catch {
    const found = import.meta.resolve(`swagger-ui-dist/${file}`);
    return new Uint8Array(await readFile(new URL(found)));
  }
}
