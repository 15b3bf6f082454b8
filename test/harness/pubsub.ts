import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Message {
  readonly topic: string;
  readonly orderingKey: string;
  readonly attributes: { readonly id: string; readonly type: string };
  readonly body: {
    readonly schemaVersion: number;
    readonly id: string;
    readonly type: string;
    readonly subjectId: string;
    readonly recordedAt: string;
  };
}

/** A topic in a process of its own, and all it has ever acknowledged. */
export interface TopicServer {
  readonly address: string;
  /** In the order of arrival, what came twice twice. */
  messages(): Message[];
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Up again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startTopicServer(): Promise<TopicServer> {
  const folder = mkdtempSync(join(tmpdir(), "banneton-topic-"));
  const file = join(folder, "messages");
  let running = await launch("0", file);
  const { port } = running;
  const kill = async () => {
    running.child.kill("SIGKILL");
    await running.child.exited;
  };
  return {
    address: `127.0.0.1:${port}`,
    messages: () => (existsSync(file) ? read(file) : []),
    kill,
    async restart() {
      running = await launch(port, file);
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

function read(file: string): Message[] {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Message);
}

async function launch(port: string, file: string) {
  const program = join(import.meta.dir, "pubsub-server.ts");
  const child = Bun.spawn([process.execPath, program, port, file], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    const [, bound] = /listening on (\d+)/.exec(text) ?? [];
    if (bound !== undefined) return { child, port: bound };
  }
  throw new Error("the topic's server did not come up");
}
