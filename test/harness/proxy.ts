import { connect, createServer, type Socket } from "node:net";

export interface FaultyLine {
  /** The server's URL through the proxy. */
  readonly url: string;
  /** The next so many connections to commit are cut after the server did so, before the client hears it. */
  cutAfterNextCommit(times?: number): void;
  /** The next connection to begin a transaction is cut before any of it reaches the server. */
  cutBeforeNextBegin(): void;
  /** Cuts every connection there is now. */
  cutAll(): void;
  /** Half-open: connections stay and new ones are accepted, and nothing gets through until `resume`. */
  stall(): void;
  resume(): void;
  /** What is connected now never hears anything again, nor is told so; who connects anew does. */
  forget(): void;
  /** From now on every answer takes so much longer. */
  delay(ms: number): void;
  /** How often an armed cut has happened. */
  cuts(): number;
  close(): Promise<void>;
}

/** What a server says when it has done the deed. */
export const deeds = { postgres: "COMMIT\0", web: "HTTP/1.1 20" } as const;

/** Stands between a client and its server and harms the line at the worst moment. */
export async function startFaultyLine(
  serverUrl: string,
  deed: string = deeds.postgres,
): Promise<FaultyLine> {
  const target = new URL(serverUrl);
  const committed = Buffer.from(deed);
  const beginning = Buffer.from("begin\0");
  const sockets = new Set<Socket>();
  const forgetting: (() => void)[] = [];
  let armed: "commit" | "begin" | undefined;
  let left = 0;
  let cuts = 0;
  let delayMs = 0;
  let flowing = Promise.resolve();
  let flow = () => {};

  function cut(...pair: Socket[]): void {
    left -= 1;
    if (left <= 0) armed = undefined;
    cuts += 1;
    for (const socket of pair) socket.destroy();
  }

  function arm(what: "commit" | "begin", times: number): void {
    armed = what;
    left = times;
  }

  const host = target.hostname.replace(/^\[|\]$/g, "");
  const port = Number(target.port || 5432);
  // Who is forgotten does not hear a goodbye either.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host, allowHalfOpen: true });
    let isForgotten = false;
    forgetting.push(() => {
      isForgotten = true;
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("end", () => {
        if (!isForgotten) socket.destroy();
      });
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const send = pipeTo(
      upstream,
      () => flowing,
      () => 0,
    );
    const answer = pipeTo(
      client,
      () => flowing,
      () => delayMs,
    );
    client.on("data", (chunk: Buffer) => {
      if (isForgotten) return;
      if (armed === "begin" && chunk.includes(beginning)) cut(client, upstream);
      else send(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (isForgotten) return;
      if (armed === "commit" && chunk.includes(committed)) cut(client, upstream);
      else answer(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const url = new URL(serverUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cutAfterNextCommit: (times = 1) => arm("commit", times),
    cutBeforeNextBegin: () => arm("begin", 1),
    cutAll,
    stall: () => {
      flowing = new Promise((resolve) => {
        flow = resolve;
      });
    },
    resume: () => flow(),
    forget: () => {
      for (const each of forgetting.splice(0)) each();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    cuts: () => cuts,
    close: () => {
      flow();
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes in order, each chunk when the line flows and its delay is over. */
function pipeTo(
  socket: Socket,
  flowing: () => Promise<void>,
  delayMs: () => number,
): (chunk: Buffer) => void {
  let tail = Promise.resolve();
  return (chunk) => {
    const due = performance.now() + delayMs();
    tail = tail.then(async () => {
      await flowing();
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (!socket.destroyed) socket.write(chunk);
    });
  };
}
