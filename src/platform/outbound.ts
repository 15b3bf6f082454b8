import { lookup as resolveName } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { isPublicAddress } from "./outbound-addresses.ts";

/** Why a call outside did not succeed: a word for the books, without anything the other side said. */
export type OutboundProblem =
  | "url_refused"
  | "address_refused"
  | "name_unknown"
  | "unreachable"
  | "timeout"
  | "redirected"
  | "too_large"
  | "status";

export interface OutboundResult {
  readonly problem: OutboundProblem | undefined;
  /** What was answered, if anything was. */
  readonly status: number | undefined;
}

export type Resolve = (name: string) => Promise<readonly { readonly address: string }[]>;

export interface OutboundDoors {
  /** `host:port` that may be private and plain http; OUTBOUND_ALLOW. */
  readonly allow: readonly string[];
  readonly resolve?: Resolve;
  /** Certificates to trust in place of the system's. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

export interface OutboundRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const timeoutMsDefault = 10_000;
/** An answer is only read to its end, never kept. */
const answerBytesMax = 65_536;

const resolveBySystem: Resolve = (name) => resolveName(name, { all: true });

/** Whether a URL may be called at all, as far as it tells itself: https, no credentials in it. */
export function outboundUrl(text: string, allow: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isAllowed = allow.includes(placeOf(url));
  const isPlain = url.protocol === "http:" && isAllowed;
  if ((url.protocol !== "https:" && !isPlain) || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const name = hostOf(url);
  if (isIP(name) !== 0 && !isAllowed && !isPublicAddress(name)) return undefined;
  return url;
}

/**
 * Posts JSON to somebody else's server. The name is resolved once, every address must be public, and the
 * connection goes to those addresses alone, with the name's certificate; redirects are not followed.
 * Never throws: what went wrong is a word.
 */
export async function postOutbound(
  request: OutboundRequest,
  doors: OutboundDoors,
): Promise<OutboundResult> {
  const url = outboundUrl(request.url, doors.allow);
  if (url === undefined) return failed("url_refused");
  const { timeoutMs = timeoutMsDefault } = doors;
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<OutboundResult>((done) => {
    signal.addEventListener("abort", () => done(failed("timeout")), { once: true });
  });
  return Promise.race([late, send(url, request, doors, signal)]);
}

async function send(
  url: URL,
  request: OutboundRequest,
  doors: OutboundDoors,
  signal: AbortSignal,
): Promise<OutboundResult> {
  const name = hostOf(url);
  let addresses: readonly string[];
  try {
    addresses = isIP(name) === 0 ? await resolved(name, doors) : [name];
  } catch {
    return failed("name_unknown");
  }
  if (addresses.length === 0) return failed("name_unknown");
  const isAllowed = doors.allow.includes(placeOf(url));
  if (!isAllowed && !addresses.every(isPublicAddress)) return failed("address_refused");
  return post(url, request, { addresses, signal, ca: doors.ca });
}

async function resolved(name: string, { resolve }: OutboundDoors): Promise<readonly string[]> {
  return (await (resolve ?? resolveBySystem)(name)).map(({ address }) => address);
}

interface Pinned {
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
}

function post(url: URL, { body, headers }: OutboundRequest, pinned: Pinned) {
  const { addresses, signal, ca } = pinned;
  const pins = addresses.map((address) => ({ address, family: isIP(address) }));
  const options: https.RequestOptions = {
    method: "POST",
    agent: false,
    signal,
    headers: { "content-type": "application/json", "user-agent": "Banneton", ...headers },
    lookup: (_name, { all }, found) => {
      const [first] = pins;
      if (all === true) found(null, pins);
      else found(null, first?.address ?? "", first?.family);
    },
    ...(ca === undefined ? {} : { ca }),
  };
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise<OutboundResult>((done) => {
    const asked = request(url, options, (answer) => {
      readToEnd(answer).then((problem) => done({ problem, status: answer.statusCode }));
    });
    asked.on("error", () => done(failed(signal.aborted ? "timeout" : "unreachable")));
    asked.end(body);
  });
}

async function readToEnd(answer: http.IncomingMessage): Promise<OutboundProblem | undefined> {
  const { statusCode: status = 0 } = answer;
  let bytes = 0;
  try {
    if (status >= 300 && status < 400) return "redirected";
    for await (const chunk of answer) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > answerBytesMax) return "too_large";
    }
    return status >= 200 && status < 300 ? undefined : "status";
  } catch {
    return "unreachable";
  } finally {
    answer.destroy();
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** As OUTBOUND_ALLOW names it. */
function placeOf(url: URL): string {
  const port = url.port === "" ? (url.protocol === "http:" ? "80" : "443") : url.port;
  return `${url.hostname}:${port}`;
}

function failed(problem: OutboundProblem): OutboundResult {
  return { problem, status: undefined };
}
