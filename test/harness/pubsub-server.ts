// Speaks google.pubsub.v1.Publisher in a process of its own, so that it can be killed: writes each message to
// a file before it acknowledges it. Arguments: the port, 0 for any, and the file.
import { appendFileSync, readFileSync } from "node:fs";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";

interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly {
    readonly data: Buffer;
    readonly attributes: Readonly<Record<string, string>>;
    readonly orderingKey: string;
  }[];
}

type Answer = (error: { code: number; message: string } | null, value?: object) => void;

const [port = "0", file = ""] = process.argv.slice(2);
const protos = new URL(
  "../../node_modules/@google-cloud/pubsub/build/protos/protos.json",
  import.meta.url,
);
const definition = fromJSON(JSON.parse(readFileSync(protos, "utf8")), { keepCase: false });
const root = loadPackageDefinition(definition) as unknown as {
  google: { pubsub: { v1: { Publisher: ServiceClientConstructor } } };
};
let count = 0;

// What the tests call poison is refused for good, as a message that is too large would be.
function refusalOf(request: PublishRequest, lines: readonly string[]): string | undefined {
  const keys = new Set(request.messages.map(({ orderingKey }) => orderingKey));
  if (keys.size > 1) return "One ordering key in one request.";
  return lines.some((line) => line.includes("poison")) ? "Refused." : undefined;
}

function publish({ request }: { readonly request: PublishRequest }, answer: Answer): void {
  const lines = request.messages.map(({ data, attributes, orderingKey }) => {
    const body: unknown = JSON.parse(data.toString("utf8"));
    return JSON.stringify({ topic: request.topic, body, attributes, orderingKey });
  });
  const message = refusalOf(request, lines);
  if (message !== undefined) {
    answer({ code: 3, message });
    return;
  }
  appendFileSync(file, `${lines.join("\n")}\n`);
  const messageIds = lines.map(() => {
    count += 1;
    return String(count);
  });
  answer(null, { messageIds });
}

const server = new Server();
server.addService(root.google.pubsub.v1.Publisher.service, { publish });
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
  if (error !== null) throw error;
  process.stdout.write(`listening on ${bound}\n`);
});
