import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** The next connection to commit is cut after the server has done so, before the client hears it. */
  cutAfterNextCommit(): void;
  /** The next connection to send anything is cut before any of it reaches the server. */
  cutBeforeNextSend(): void;
  cuts(): number;
  close(): Promise<void>;
}

const committed = Buffer.from("COMMIT\0");

/** Stands between an app and its PostgreSQL and cuts the line at the worst moment. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let armed: "commit" | "send" | undefined;
  let cuts = 0;

  function cut(...pair: Socket[]): void {
    armed = undefined;
    cuts += 1;
    for (const socket of pair) socket.destroy();
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname.replace(/^\[|\]$/g, ""));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      if (armed === "send") cut(client, upstream);
      else upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (armed === "commit" && chunk.includes(committed)) cut(client, upstream);
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    cutAfterNextCommit: () => {
      armed = "commit";
    },
    cutBeforeNextSend: () => {
      armed = "send";
    },
    cuts: () => cuts,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
