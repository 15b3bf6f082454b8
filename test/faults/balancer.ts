/** A load balancer in small: takes turns among the servers whose /readyz says ready. */
export interface Balancer {
  readonly base: string;
  /** From now on one of its servers; it gets requests when it is ready. */
  add(base: string): void;
  remove(base: string): void;
  readyCount(): number;
  close(): Promise<void>;
}

const askEveryMs = 50;

/** It never sends a request twice: what a server drops, the client sees. */
export function startBalancer(): Balancer {
  const servers = new Map<string, boolean>();
  let turn = 0;
  let isOpen = true;

  async function watch(): Promise<void> {
    while (isOpen) {
      const asked = [...servers.keys()].map(async (base) => {
        const ready = await fetch(`${base}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (servers.has(base)) servers.set(base, ready);
      });
      await Promise.all(asked);
      await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    }
  }

  const ready = () => [...servers].filter(([, isReady]) => isReady).map(([base]) => base);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const bases = ready();
      const base = bases[turn++ % Math.max(1, bases.length)];
      if (base === undefined) return new Response("no server is ready", { status: 502 });
      const { pathname, search } = new URL(request.url);
      const { method } = request;
      const headers = new Headers(request.headers);
      headers.delete("host");
      const body = method === "GET" ? null : await request.text();
      try {
        return await fetch(`${base}${pathname}${search}`, { method, headers, body });
      } catch (error) {
        return new Response(`a server dropped a request: ${error}`, { status: 502 });
      }
    },
  });
  const watching = watch();
  return {
    base: `http://127.0.0.1:${server.port}`,
    add: (base) => void servers.set(base, false),
    remove: (base) => void servers.delete(base),
    readyCount: () => ready().length,
    async close() {
      isOpen = false;
      await watching;
      await server.stop(true);
    },
  };
}
