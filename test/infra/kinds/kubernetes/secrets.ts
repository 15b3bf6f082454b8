import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, listAt, nameOf, ofKind, textAt } from "./documents.ts";

/** Who reads which secret, as Terraform grants it: processes by the secret's id. */
type Readers = ReadonlyMap<string, readonly string[]>;

/**
 * What Kubernetes reads is what Terraform grants: each store reads as the account of its own Google
 * identity, which may read that secret, in the environment's project and cluster.
 */
export function secretProblems(
  root: string,
  environment: string,
  documents: readonly Document[],
): readonly string[] {
  const folder = `terraform/environments/${environment}`;
  const text = readFileSync(join(root, folder, "main.tf"), "utf8");
  const project = `banneton-${environment}`;
  const readers = readersIn(text);
  const stores = ofKind(documents, "SecretStore");
  return ofKind(documents, "ExternalSecret").flatMap((secret) => {
    const space = textAt(secret, "metadata.namespace");
    const isOurs = (each: Document, name: string) =>
      textAt(each, "metadata.name") === name && textAt(each, "metadata.namespace") === space;
    const store = stores.find((each) => isOurs(each, textAt(secret, "spec.secretStoreRef.name")));
    if (store === undefined) return [`${nameOf(secret)}: its store is nowhere`];
    const provider = "spec.provider.gcpsm";
    const account = textAt(store, `${provider}.auth.workloadIdentity.serviceAccountRef.name`);
    const process = processOf(documents, (each) => isOurs(each, account), project);
    const where = `${nameOf(secret)} as ${account}`;
    const problems: string[] = [];
    if (textAt(store, `${provider}.projectID`) !== project)
      problems.push(`${where}: other project`);
    if (!text.includes(`"${space}/${account}"`)) problems.push(`${where}: Terraform binds no such`);
    for (const each of listAt(secret, "spec.data")) {
      const id = textAt(each, "remoteRef.key");
      const granted = readers.get(id);
      if (granted === undefined) problems.push(`${where}: Terraform makes no ${id}`);
      else if (!granted.includes(process)) problems.push(`${where}: ${process} may not read ${id}`);
    }
    return problems;
  });
}

function readersIn(text: string): Readers {
  const found = text.matchAll(/^\s+(banneton-[a-z-]+)\s+= \[([^\]]*)\]$/gm);
  return new Map([...found].map(([, id = "", names = ""]) => [id, names.match(/[a-z]+/g) ?? []]));
}

/** `web` of `banneton-web@banneton-dev.iam.gserviceaccount.com`; empty for an account of no identity. */
function processOf(
  documents: readonly Document[],
  isAccount: (document: Document) => boolean,
  project: string,
): string {
  const account = ofKind(documents, "ServiceAccount").find(isAccount);
  const annotations = (
    account?.["metadata"] as { annotations?: Record<string, string> } | undefined
  )?.annotations;
  const email = annotations?.["iam.gke.io/gcp-service-account"] ?? "";
  const [name = "", host] = email.split("@");
  return host === `${project}.iam.gserviceaccount.com` ? name.replace("banneton-", "") : "";
}
