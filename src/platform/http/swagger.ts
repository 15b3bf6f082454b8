import { readFile } from "node:fs/promises";
import { Elysia } from "elysia";
import { pagePolicy } from "#platform/http/headers.ts";
import type { Document } from "#platform/http/openapi.ts";
import { notFound } from "#platform/http/problem.ts";

const javascript = "text/javascript; charset=utf-8";
const assets: Readonly<Record<string, string>> = {
  "swagger-ui-bundle.js": javascript,
  "swagger-ui.css": "text/css; charset=utf-8",
};

/**
 * Swagger UI at /swagger with our own copy of its files, and the document at /swagger/json. The
 * page is ours: the plugin's has its script inside, which our policy lets no page have.
 */
export function swaggerRoutes(document: Document) {
  const page = pageOf(document.info.title);
  let json: string | undefined;
  const hidden = { detail: { hide: true } };
  return new Elysia({ name: "swagger", normalize: false })
    .get("/swagger", async () => pageResponse(page), hidden)
    .get(
      "/swagger/json",
      async () => {
        json ??= JSON.stringify(document);
        return textResponse(json, "application/json");
      },
      hidden,
    )
    .get("/swagger/assets/start.js", async () => textResponse(start, javascript), hidden)
    .get("/swagger/assets/:file", async ({ params }) => assetResponse(params.file), hidden);
}

const pageOf = (title: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/swagger/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/assets/swagger-ui-bundle.js"></script>
<script src="/swagger/assets/start.js"></script>
</body>
</html>
`;

const start = `window.ui = SwaggerUIBundle({ dom_id: "#swagger-ui", url: "/swagger/json" });
`;

// The bundle draws its icons from data: addresses.
const policy = pagePolicy({
  style: "'self'",
  more: ["script-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
});

function pageResponse(text: string): Response {
  const headers = { "content-type": "text/html; charset=utf-8" };
  return new Response(text, { headers: { ...headers, "content-security-policy": policy } });
}

function textResponse(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type } });
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
