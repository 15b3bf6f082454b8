import { replaceIn } from "../../plant.ts";
import type { Plant } from "../../tally.ts";

const base = "kustomize/base";
const foundation = "kustomize/foundation/base";
const google = "kustomize/foundation/components/google-sign-in/secret.yaml";

function plant(
  fault: string,
  file: string,
  [from, to]: readonly [string | RegExp, string],
  caught: RegExp,
): Plant {
  return { fault, plant: (root) => replaceIn(root, file, from, to), caught };
}

/** One fault at least for each rule that matters. */
export const plants: readonly Plant[] = [
  plant(
    "a field that Kubernetes does not know",
    `${base}/pdb.yaml`,
    ["maxUnavailable: 1", "maxUnavailable: 1\n  maxUnavailible: 1"],
    /PodDisruptionBudget\/web by its type[\s\S]*maxUnavailible/,
  ),
  plant(
    "a number out of its bounds",
    `${base}/httproute.yaml`,
    ["weight: 0", "weight: -1"],
    /HTTPRoute\/web by its schema/,
  ),
  plant(
    "a container that may escalate",
    `${base}/rollout.yaml`,
    ["allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"],
    /web may escalate/,
  ),
  plant(
    "a pod that runs as root",
    `${base}/migrate-job.yaml`,
    ["runAsNonRoot: true", "runAsNonRoot: false"],
    /migrate: may run as root/,
  ),
  plant(
    "an image by tag",
    "kustomize/overlays/prod/kustomization.yaml",
    [/digest: \S+/, "newTag: latest"],
    /image not by digest alone/,
  ),
  plant(
    "a patch that drops the containers",
    "kustomize/overlays/prod/kustomization.yaml",
    [
      /op: replace\n\s+path: \/spec\/template.*\n.*/,
      "op: remove\n        path: /spec/template/spec/containers/0",
    ],
    /has no containers|has no such|web: startupProbe/,
  ),
  plant(
    "replicas beside the autoscaler",
    `${base}/rollout.yaml`,
    ["revisionHistoryLimit: 5", "revisionHistoryLimit: 5\n  replicas: 2"],
    /has replicas of its own/,
  ),
  plant(
    "a budget that leaves no room",
    `${base}/pdb.yaml`,
    ["maxUnavailable: 1", "minAvailable: 2"],
    /leaves no room/,
  ),
  plant(
    "a probe of a path that is not there",
    `${base}/rollout.yaml`,
    ["path: /readyz", "path: /ready"],
    /readinessProbe/,
  ),
  plant(
    "a Service that selects nothing",
    `${base}/services.yaml`,
    [/selector:\n(\s+)app.kubernetes.io\/name: web/, "selector:\n$1app.kubernetes.io/name: wed"],
    /Service\/web: selects no pod/,
  ),
  plant(
    "a NetworkPolicy of pods that are not there",
    `${base}/networkpolicy.yaml`,
    ["app.kubernetes.io/name: web", "app.kubernetes.io/name: wed"],
    /NetworkPolicy\/web: selects no pod/,
  ),
  plant(
    "nothing denied by default",
    `${foundation}/networkpolicy.yaml`,
    ["policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]"],
    /denies nothing by default/,
  ),
  plant(
    "a variable that nothing reads",
    `${base}/kustomization.yaml`,
    ["LOG_LEVEL=info", "LOGLEVEL=info"],
    /nothing reads LOGLEVEL/,
  ),
  plant(
    "a required variable that is missing",
    "kustomize/overlays/prod/kustomization.yaml",
    [/\n.*PUBLIC_URL=.*/, ""],
    /PUBLIC_URL: must be https/,
  ),
  plant(
    "a secret that Terraform grants to somebody else",
    "terraform/environments/dev/main.tf",
    [/(banneton-auth-secret\s+= )\["web"\]/, '$1["worker"]'],
    /web may not read banneton-auth-secret/,
  ),
  plant(
    "an account of another project",
    "kustomize/foundation/prod/kustomization.yaml",
    ["banneton-web@banneton-prod", "banneton-web@banneton-dev"],
    /ExternalSecret\/web-secrets as web: /,
  ),
  plant(
    "a secret that is nowhere",
    `${base}/rollout.yaml`,
    ["name: web-secrets", "name: web-secret"],
    /Secret\/web-secret is not in reach/,
  ),
  plant(
    "the secret of a hook in the same sync",
    `${foundation}/secrets.yaml`,
    [/name: migrate-secrets\n(\s+)creation/, "name: other-secrets\n$1creation"],
    /Secret\/migrate-secrets is not in the foundation/,
  ),
  plant(
    "a rotated secret without a canary",
    `${foundation}/secrets.yaml`,
    ['version: "1"', 'version: "2"'],
    /secret-versions is not auth-secret=2/,
  ),
  plant(
    "a rotated secret of a component without a canary",
    google,
    ['version: "1"', 'version: "2"'],
    /with google-sign-in.*: environment: .*secret-versions is not .*google-client-secret=2/,
  ),
  plant(
    "a secret of a component by a name that nothing reads",
    google,
    ["secretKey: GOOGLE_CLIENT_SECRET", "secretKey: GOOGLE_SECRET"],
    /with google-sign-in.*: environment: [\s\S]*GOOGLE_CLIENT_ID: needs GOOGLE_CLIENT_SECRET/,
  ),
  plant(
    "a replica whose address the web may not read",
    "terraform/environments/prod/main.tf",
    [/(banneton-database-report-url\s+= )\["web"\]/, '$1["worker"]'],
    /web may not read banneton-database-report-url/,
  ),
  plant(
    "a secret at its latest version",
    `${foundation}/secrets.yaml`,
    ['version: "1"', "version: latest"],
    /is not pinned/,
  ),
  plant(
    "a migration after the new version",
    `${base}/migrate-job.yaml`,
    ["hook: PreSync", "hook: PostSync"],
    /is no PreSync hook/,
  ),
  plant(
    "no data taken for success",
    `${base}/analysis.yaml`,
    ["successCondition: len(result) > 0 && ", "successCondition: len(result) == 0 || "],
    /takes no data for success/,
  ),
  plant(
    "a canary that jumps",
    `${base}/rollout.yaml`,
    ["setWeight: 10", "setWeight: 60"],
    /does not go by 5, 10, 25, 50/,
  ),
  plant(
    "less grace than the drain takes",
    `${base}/rollout.yaml`,
    ["terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 30"],
    /ends after 30000 ms/,
  ),
  plant(
    "a kind the project does not allow",
    "argocd/base/project.yaml",
    [/\n.*group: policy\n.*/, ""],
    /does not allow policy\/PodDisruptionBudget/,
  ),
  plant(
    "a canary whose weights Argo CD puts back",
    "argocd/prod/web.yaml",
    [/\n.*RespectIgnoreDifferences.*/, ""],
    /weights of a canary back/,
  ),
  plant(
    "the web before its foundation",
    "argocd/dev/foundation.yaml",
    ['sync-wave: "-2"', 'sync-wave: "2"'],
    /order/,
  ),
];
