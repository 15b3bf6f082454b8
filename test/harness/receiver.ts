import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Somebody else's server, on loopback, that keeps what it is sent. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: (request: Received, response: http.ServerResponse) => void;
  close(): Promise<void>;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export async function openReceiver(port = 0, certificate?: Certificate): Promise<Receiver> {
  const received: Received[] = [];
  const listen: http.RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const headers = request.headers as Record<string, string>;
    const got = { path: request.url ?? "", headers, body };
    received.push(got);
    receiver.answer(got, response);
  };
  const server =
    certificate === undefined ? http.createServer(listen) : https.createServer(certificate, listen);
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const bound = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    received,
    answer: (_, response) => void response.end("ok"),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
