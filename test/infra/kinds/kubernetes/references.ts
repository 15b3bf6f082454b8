import { parseWebConfig, WebEnvironment } from "../../../../src/platform/config.ts";
import {
  at,
  type Document,
  listAt,
  nameOf,
  ofKind,
  type Tree,
  textAt,
  type Value,
  workloads,
} from "./documents.ts";

/** Whatever a pod refers to is in the same render or in the foundation; a hook's is in the foundation. */
export function referenceProblems(
  documents: readonly Document[],
  foundation: readonly Document[],
): readonly string[] {
  return workloads(documents).flatMap((document) => {
    const isHook = at(document, "metadata.annotations")
      ? JSON.stringify(at(document, "metadata.annotations")).includes('"PreSync"')
      : false;
    const near = isHook ? foundation : [...documents, ...foundation];
    return referencesOf(document)
      .filter((wanted) => !near.some((each) => provides(each, wanted)))
      .map((wanted) => {
        const where = isHook ? "the foundation, and a PreSync hook sees no other" : "reach";
        return `${nameOf(document)}: ${wanted} is not in ${where}`;
      });
  });
}

function referencesOf(document: Document): readonly string[] {
  const spec = at(document, "spec.template.spec");
  const found = [`ServiceAccount/${textAt(spec, "serviceAccountName") || "default"}`];
  for (const container of listAt(spec, "containers")) {
    for (const source of [...listAt(container, "envFrom"), ...listAt(container, "env")]) {
      const maps = [
        textAt(source, "configMapRef.name"),
        textAt(source, "valueFrom.configMapKeyRef.name"),
      ];
      const secrets = [
        textAt(source, "secretRef.name"),
        textAt(source, "valueFrom.secretKeyRef.name"),
      ];
      found.push(...maps.filter(Boolean).map((name) => `ConfigMap/${name}`));
      found.push(...secrets.filter(Boolean).map((name) => `Secret/${name}`));
    }
  }
  return found;
}

function provides(document: Document, wanted: string): boolean {
  if (document.kind !== "ExternalSecret") return nameOf(document) === wanted;
  return `Secret/${textAt(document, "spec.target.name")}` === wanted;
}

// Of a form that the schema takes: what is really there, nobody knows here.
const examples: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://app@10.0.0.2/banneton",
  MIGRATE_DATABASE_URL: "postgres://owner@10.0.0.2/banneton",
  DATABASE_CA: "/etc/ssl/certs/database.pem",
  REDIS_CA: "/etc/ssl/certs/redis.pem",
  REDIS_URL: "rediss://10.0.0.3:6378",
  AUTH_SECRET: "an example of thirty-two characters or more",
  DATABASE_REPORT_URL: "postgres://banneton:example@10.0.0.3:5432/banneton",
};

/** The process would start with what it is given: every name is known, every required one is there. */
export function environmentProblems(
  documents: readonly Document[],
  foundation: readonly Document[],
): readonly string[] {
  const problems: string[] = [];
  for (const document of workloads(documents)) {
    const env = environmentOf(document, [...documents, ...foundation]);
    const known = new Set([...Object.keys(WebEnvironment.properties), "MIGRATE_DATABASE_URL"]);
    for (const name of Object.keys(env)) {
      if (!known.has(name)) problems.push(`${nameOf(document)}: nothing reads ${name}`);
    }
    const isMigration = nameOf(document) === "Job/migrate";
    if (isMigration && !(env["MIGRATE_DATABASE_URL"] && env["DATABASE_URL"])) {
      problems.push(`${nameOf(document)}: needs MIGRATE_DATABASE_URL and DATABASE_URL`);
    }
    if (!isMigration) problems.push(...configProblems(document, env));
  }
  return [...problems, ...secretProblems(documents, foundation)];
}

function configProblems(document: Document, env: Readonly<Record<string, string>>): string[] {
  try {
    parseWebConfig(env);
    return [];
  } catch (error) {
    return [`${nameOf(document)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function environmentOf(document: Document, near: readonly Document[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const wanted of referencesOf(document)) {
    const source = near.find((each) => provides(each, wanted));
    if (source?.kind === "ConfigMap") Object.assign(env, source["data"]);
    for (const entry of listAt(source, "spec.data")) {
      const name = textAt(entry, "secretKey");
      env[name] = examples[name] ?? `a value of ${name}`;
    }
  }
  return env;
}

// A component has an annotation of its own: it cannot add to what another has written.
const annotation = "banneton.io/secret-versions";

/** Versions are pinned, and those that the web reads stand in its pods too: a rotation is a canary. */
function secretProblems(
  documents: readonly Document[],
  foundation: readonly Document[],
): readonly string[] {
  const secrets = ofKind(foundation, "ExternalSecret");
  const problems = secrets.flatMap((secret) =>
    versionsOf(secret)
      .filter((version) => !/=[1-9]\d*$/.test(version))
      .map((version) => `${nameOf(secret)}: ${version} is not pinned`),
  );
  for (const rollout of ofKind(documents, "Rollout")) {
    const read = referencesOf(rollout);
    const wanted = secrets
      .filter((secret) => read.some((each) => provides(secret, each)))
      .flatMap(versionsOf);
    const pods = Object.entries((at(rollout, "spec.template.metadata.annotations") ?? {}) as Tree);
    const told = pods.filter(([name]) => name.startsWith(annotation)).map(([, value]) => value);
    const isSame = told.join(",").split(",").toSorted().join() === wanted.toSorted().join();
    if (!isSame) {
      problems.push(`${nameOf(rollout)}: ${annotation} is not ${wanted.toSorted().join(",")}`);
    }
  }
  return problems;
}

function versionsOf(secret: Document): readonly string[] {
  return listAt(secret, "spec.data").map(versionOf);
}

function versionOf(entry: Value): string {
  const key = textAt(entry, "remoteRef.key").replace("banneton-", "");
  return `${key}=${textAt(entry, "remoteRef.version")}`;
}

/** The schema comes before the version that needs it, from the same build. */
export function orderProblems(documents: readonly Document[]): readonly string[] {
  const job = documents.find((document) => nameOf(document) === "Job/migrate");
  const hooks = at(job, "metadata.annotations") as Tree | undefined;
  const problems: string[] = [];
  if (hooks?.["argocd.argoproj.io/hook"] !== "PreSync") {
    problems.push("Job/migrate: is no PreSync hook");
  }
  if (hooks?.["argocd.argoproj.io/hook-delete-policy"] !== "BeforeHookCreation") {
    problems.push("Job/migrate: stands in the way of the next one of its name");
  }
  const images = workloads(documents)
    .flatMap((document) => listAt(document, "spec.template.spec.containers"))
    .map((container) => textAt(container, "image"));
  if (new Set(images).size !== 1) problems.push(`two builds in one sync: ${images.join(", ")}`);
  return problems;
}
