import { type Change, fileAt, git } from "./git.ts";
import { isDigest, isHash, type Manifest, parseManifest } from "./manifest.ts";
import { Misuse, Refusal } from "./refusal.ts";

export type Environment = "dev" | "prod";

/** What an environment runs: one digest line and four values, and nothing else of it moves by a release. */
export interface Pins {
  readonly digest: string;
  readonly worker_object: string;
  readonly worker_sha256: string;
  readonly functions_object: string;
  readonly functions_sha256: string;
}

const values = ["worker_object", "worker_sha256", "functions_object", "functions_sha256"] as const;
const digestLine =
  /^(\s*- name: banneton-web\n(?:\s+(?:newName|newTag): \S+\n)*\s+digest: )(sha256:\S+)$/m;

export function environmentOf(text: string): Environment {
  if (text !== "dev" && text !== "prod") throw new Misuse(`There is no environment ${text}.`);
  return text;
}

export function overlayPath(environment: Environment): string {
  return `kustomize/overlays/${environment}/kustomization.yaml`;
}

export function valuesPath(environment: Environment): string {
  return `terraform/environments/${environment}/release.auto.tfvars.json`;
}

export function pinsOf({ web, worker, functions }: Manifest): Pins {
  return {
    digest: web.digest,
    worker_object: worker.object,
    worker_sha256: worker.sha256,
    functions_object: functions.object,
    functions_sha256: functions.sha256,
  };
}

function filesAt(folder: string, revision: string, environment: Environment) {
  const paths = [overlayPath(environment), valuesPath(environment)];
  const [overlay, tfvars] = paths.map((path) => {
    const text = fileAt(folder, revision, path);
    if (text === undefined) throw new Refusal(`${path} is not there at ${revision}`);
    return text;
  });
  return { overlay: overlay ?? "", tfvars: tfvars ?? "" };
}

/** What an environment runs as a commit says it. */
export function pinsAt(folder: string, revision: string, environment: Environment): Pins {
  const { overlay, tfvars } = filesAt(folder, revision, environment);
  return pinsIn(overlay, tfvars);
}

/** What an overlay and its values of Terraform say. */
export function pinsIn(overlay: string, tfvars: string): Pins {
  const digest = digestLine.exec(overlay)?.[2];
  if (digest === undefined) throw new Refusal("the overlay has no digest of banneton-web");
  const found = JSON.parse(tfvars) as Record<string, unknown>;
  const read = (name: string) => {
    const value = found[name];
    // Replaced as text, so it has to stand there as it will be looked for.
    if (typeof value === "string" && tfvars.includes(`"${name}": "${value}"`)) return value;
    throw new Refusal(`the values of Terraform have no ${name}`);
  };
  return {
    digest,
    worker_object: read("worker_object"),
    worker_sha256: read("worker_sha256"),
    functions_object: read("functions_object"),
    functions_sha256: read("functions_sha256"),
  };
}

/** Whether something was released at all: markers and zeros stand there before. */
export function isReleased(pins: Pins): boolean {
  return isDigest(pins.digest) && isHash(pins.worker_sha256) && isHash(pins.functions_sha256);
}

export function isEqual(a: Pins, b: Pins): boolean {
  return a.digest === b.digest && values.every((name) => a[name] === b[name]);
}

/** The environment's two files with other pins; every other byte stays. */
export function withPins(
  folder: string,
  revision: string,
  environment: Environment,
  pins: Pins,
): readonly Change[] {
  const before = pinsAt(folder, revision, environment);
  const { overlay, tfvars } = filesAt(folder, revision, environment);
  const content = values.reduce(
    (text, name) =>
      text.replace(`"${name}": "${before[name]}"`, () => `"${name}": "${pins[name]}"`),
    tfvars,
  );
  return [
    {
      path: overlayPath(environment),
      content: overlay.replace(digestLine, (_, head: string) => `${head}${pins.digest}`),
    },
    { path: valuesPath(environment), content },
  ];
}

/** The release that has these pins, of those that a commit knows. */
export function releaseWith(folder: string, revision: string, pins: Pins): string | undefined {
  const names = git(folder, ["ls-tree", "--name-only", revision, "release/"]).split("\n");
  return names
    .map((name) => /^release\/([0-9a-f]{40})\.json$/.exec(name)?.[1])
    .filter((sha) => sha !== undefined)
    .find((sha) => {
      const text = fileAt(folder, revision, `release/${sha}.json`) ?? "";
      return isEqual(pinsOf(parseManifest(text, sha)), pins);
    });
}
