import { inspectUpload } from "#modules/uploads/index.ts";
import { statement } from "#platform/db.ts";
import { jobCtx } from "./alerts.ts";
import type { TestWeb } from "./web.ts";

const objectOf = statement(
  "test_object",
  `select object_name as "objectName" from uploads.uploads where id = $1`,
);

/** The name in storage, which no route tells. */
export async function objectNameOf({ app }: Pick<TestWeb, "app">, id: string): Promise<string> {
  const [row] = await app.db.run<{ objectName: string }>(objectOf, [id]);
  if (row === undefined) throw new Error(`there is no upload ${id}`);
  return row.objectName;
}

export interface Announced {
  readonly id: string;
  readonly contentType: string;
}

export async function send(
  { client }: Pick<TestWeb, "client">,
  { id, contentType }: Announced,
  content: Uint8Array | string,
) {
  const headers = { "content-type": contentType };
  return client.ask("PUT", `/uploads/${id}/content`, { body: content, headers });
}

/** Announces, sends, and has it looked at as the worker without a function does. */
export async function upload(web: TestWeb, announcement: object, content: Uint8Array | string) {
  const announced = await web.client.post("/uploads", announcement);
  if (announced.status !== 201) throw new Error(JSON.stringify(announced.body));
  const sent = await send(web, announced.body, content);
  if (sent.status !== 200) throw new Error(JSON.stringify(sent.body));
  await inspectUpload(jobCtx(web), await objectNameOf(web, announced.body.id));
  return (await web.client.get(`/uploads/${announced.body.id}`)).body;
}
