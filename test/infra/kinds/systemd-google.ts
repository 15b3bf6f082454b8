import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the metadata server, Cloud Storage and Secret Manager answer. */
export interface Google {
  readonly token: string;
  readonly bucket: string;
  readonly object: string;
  readonly binary: Buffer | "refused";
  /** The connection ends in the middle of the binary. */
  readonly isCut?: boolean;
  readonly secrets: Readonly<Record<string, string>>;
}

/** All three on one loopback port, each with the checks that the real one makes. */
export function openGoogle(google: Google) {
  const problems: string[] = [];
  const server = createServer((request, response) => {
    const problem = answer(google, request, response);
    if (problem === undefined) return;
    problems.push(`${request.url}: ${problem}`);
    response.writeHead(400).end();
  }).listen(0, "127.0.0.1");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${port}`, problems, close };
}

function answer(
  google: Google,
  { url = "", headers }: IncomingMessage,
  response: ServerResponse,
): string | undefined {
  const account = "/computeMetadata/v1/instance/service-accounts/default/token";
  if (url === account) {
    if (headers["metadata-flavor"] !== "Google") return "no Metadata-Flavor";
    if (google.token === "") response.writeHead(503).end();
    else {
      const token = { access_token: google.token, expires_in: 3_599, token_type: "Bearer" };
      response.end(JSON.stringify(token));
    }
    return undefined;
  }
  if (headers.authorization !== `Bearer ${google.token}`) return "not the machine's own token";
  const object = `/storage/v1/b/${google.bucket}/o/${encodeURIComponent(google.object)}?alt=media`;
  if (url === object) return sendBinary(google, response);
  const version = /^\/v1\/(.*):access$/.exec(url)?.[1] ?? "";
  const secret = google.secrets[version];
  if (secret === undefined) return "there is no such thing";
  const data = Buffer.from(secret).toString("base64");
  const payload = { data, dataCrc32c: "3712382417" };
  response.end(JSON.stringify({ name: version, payload }, null, 2));
  return undefined;
}

function sendBinary({ binary, isCut }: Google, response: ServerResponse): undefined {
  if (binary === "refused") {
    response.writeHead(403).end();
    return undefined;
  }
  response.writeHead(200, { "content-length": binary.length });
  const half = binary.subarray(0, Math.floor(binary.length / 2));
  if (isCut === true) response.write(half, () => response.destroy());
  else response.end(binary);
  return undefined;
}
