import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { storageOf } from "#platform/storage.ts";

const timeoutMs = 120_000;

/**
 * Posts an object to the scanner of UPLOAD_SCAN_URL, if there is one, which answers `{ "infected": true }`
 * or false. Throws `uploads.scanner` (503) while it cannot say.
 */
export async function scanContent(ctx: Ctx, objectName: string): Promise<boolean> {
  const { uploadScanUrl } = ctx.app.config.services;
  if (uploadScanUrl === undefined) return false;
  const body = await storageOf(ctx.app).read(objectName);
  try {
    const response = await fetch(uploadScanUrl, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: body ?? null,
      // Node's fetch wants to hear that the body is a stream.
      ...{ duplex: "half" },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer: unknown = response.ok ? await response.json() : undefined;
    const said = (answer as { readonly infected?: unknown } | undefined)?.infected;
    if (typeof said === "boolean") return said;
    throw new Error(`The scanner answered ${response.status} without saying`);
  } catch (cause) {
    const text = "Files cannot be scanned now. Please try again.";
    throw new AppError("unavailable", "uploads.scanner", text, { cause });
  }
}
