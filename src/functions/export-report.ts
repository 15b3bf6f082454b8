import { Value } from "@sinclair/typebox/value";
import { renderExport } from "#modules/reports/index.ts";
import { AppError } from "#platform/errors.ts";
import { Id, Strict } from "#platform/schema.ts";
import type { FunctionHandler } from "./door.ts";

const ExportRequest = Strict({ exportId: Id("The export to write") });

/** Writes an export that somebody asked for, and answers where it can be read. */
export const exportReport: FunctionHandler = async (ctx, request) => {
  const body: unknown = await request.json().catch(() => undefined);
  if (!Value.Check(ExportRequest, body)) throw malformed(body);
  const { status, errorCode, link, linkExpiresAt } = await renderExport(ctx, body.exportId);
  return Response.json({ status, errorCode, link, linkExpiresAt });
};

function malformed(body: unknown): AppError {
  const errors = [...Value.Errors(ExportRequest, body)].slice(0, 5).map(({ path, message }) => {
    return { pointer: path, code: "schema", message };
  });
  const text = 'A request holds {"exportId": …} and no more.';
  return new AppError("invalid", "export.request", text, { errors });
}
