import { git } from "./git.ts";
import { type Marked, marker } from "./markers.ts";
import { Refusal } from "./refusal.ts";

/** A fact that a marker waits for, and how a person would look it up. */
export interface Lookup {
  readonly marked: Marked;
  readonly how: string;
  /** The line with the fact in it; throws a Refusal if nobody answers. */
  resolve(): Promise<string>;
}

/** Where facts come from; tests have their own. */
export interface Sources {
  /** The address of an action's repository. */
  repositoryOf(action: string): string;
  /** The address of a registry by its name, such as https://gcr.io. */
  registryOf(host: string): string;
  /** Whose GitHub repository this is. */
  readonly owner: string | undefined;
}

const action = /uses:\s*([\w.-]+\/[\w.-]+)(?:\/[\w./-]+)?@PIN_ME\s+#\s*(v\S+)/;
const image = /([a-z0-9.-]+)\/([a-z0-9._/-]+)(?::([\w.-]+))?@sha256:PIN_ME/;
const owner = /(?:github\.com|\/repos)\/PIN_ME\//;

export function lookupOf(folder: string, marked: Marked, sources: Sources): Lookup {
  const found = { marked };
  const fill = (fact: string) => marked.text.replaceAll(marker, fact);
  if (marked.isPromoted) {
    const how = "the first promotion writes it: scripts/promote.ts";
    return { ...found, how, resolve: () => Promise.resolve(marked.text) };
  }
  const [, repository, tag] = action.exec(marked.text) ?? [];
  if (repository !== undefined && tag !== undefined) {
    const url = sources.repositoryOf(repository);
    const how = `git ls-remote ${url} 'refs/tags/${tag}' 'refs/tags/${tag}^{}'`;
    return { ...found, how, resolve: async () => fill(commitOfTag(folder, url, tag)) };
  }
  const [, host, name, version] = image.exec(marked.text) ?? [];
  if (host !== undefined && name !== undefined) {
    const how = `docker buildx imagetools inspect ${host}/${name}:${version ?? "<version>"}`;
    if (version === undefined) return { ...found, how, resolve: () => untold(name) };
    const url = sources.registryOf(host);
    const resolve = async () => fill(hexOf(await digestOf(url, name, version)));
    return { ...found, how, resolve };
  }
  if (owner.test(marked.text)) {
    const how = "bun scripts/pin.ts --resolve --owner <the repository's owner on GitHub>";
    return { ...found, how, resolve: async () => fill(ownerOf(sources)) };
  }
  const how = "nothing looks this up: by hand, as the line says";
  return { ...found, how, resolve: () => Promise.reject(new Refusal(how)) };
}

function untold(name: string): Promise<never> {
  return Promise.reject(new Refusal(`the line names no version: ${name}:<version>@sha256:…`));
}

/** The commit of a tag: of what an annotated one points to. */
function commitOfTag(folder: string, url: string, tag: string): string {
  const name = `refs/tags/${tag}`;
  const lines = git(folder, ["ls-remote", url, name, `${name}^{}`])
    .trim()
    .split("\n");
  const commit = lines.at(-1)?.split("\t")[0] ?? "";
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new Refusal(`${url} has no tag ${tag}`);
  return commit;
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}

function ownerOf({ owner: name }: Sources): string {
  if (name === undefined) throw new Refusal("say --owner: origin is no repository on GitHub");
  return name;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const timeoutMs = 15_000;

/** What a registry says a tag is now. */
async function digestOf(registry: string, name: string, tag: string): Promise<string> {
  const url = `${registry}/v2/${name}/manifests/${tag}`;
  const ask = (headers: Record<string, string>) =>
    fetch(url, {
      method: "HEAD",
      headers: { accept: manifestTypes, ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
  let answer: Response;
  try {
    answer = await ask({});
    const challenge = answer.headers.get("www-authenticate");
    if (answer.status === 401 && challenge !== null) {
      answer = await ask({ authorization: `Bearer ${await tokenOf(challenge)}` });
    }
  } catch (error) {
    throw new Refusal(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const digest = answer.headers.get("docker-content-digest") ?? "";
  if (answer.ok && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Refusal(`${url} answers ${answer.status} and no digest`);
}

/** Registries give a token for reading to anybody who asks where they say. */
async function tokenOf(challenge: string): Promise<string> {
  const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const url = new URL(of("realm"));
  url.searchParams.set("service", of("service"));
  url.searchParams.set("scope", of("scope"));
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const { token } = (await answer.json()) as { readonly token?: string };
  if (token === undefined) throw new Refusal(`${url.host} gives no token`);
  return token;
}
