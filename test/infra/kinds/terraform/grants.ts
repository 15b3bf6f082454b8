type Allowed = readonly [type: string, role: string, member: RegExp];

const own = (names: string) =>
  new RegExp(`^serviceAccount:banneton-(${names})@banneton-[a-z-]+\\.iam\\.gserviceaccount\\.com$`);
const pool = "iam\\.googleapis\\.com/projects/\\d+/locations/global/workloadIdentityPools/github";

/** Who is given what, on what kind of thing: a right that is not a line here is refused. */
export const grants: readonly Allowed[] = [
  [
    "google_artifact_registry_repository_iam_member",
    "artifactregistry.reader",
    own("promote|nodes"),
  ],
  ["google_artifact_registry_repository_iam_member", "artifactregistry.writer", own("build")],
  ["google_cloud_run_service_iam_member", "run.invoker", own("web|worker|events")],
  ["google_project_iam_member", "compute.viewer", own("prometheus")],
  ["google_project_iam_member", "container.defaultNodeServiceAccount", own("nodes")],
  ["google_project_iam_member", "eventarc.eventReceiver", own("events")],
  ["google_project_iam_member", "logging.logWriter", own("worker|functions-build")],
  // Storage's own agent, whose address the plan does not know.
  ["google_project_iam_member", "pubsub.publisher", /^serviceAccount:(?!banneton-)/],
  ["google_pubsub_subscription_iam_member", "pubsub.subscriber", /@gcp-sa-pubsub\./],
  ["google_pubsub_topic_iam_member", "pubsub.publisher", /@gcp-sa-pubsub\./],
  ["google_pubsub_topic_iam_member", "pubsub.publisher", own("worker")],
  [
    "google_secret_manager_secret_iam_member",
    "secretmanager.secretAccessor",
    own("worker|functions|web|migrate|alertmanager|grafana|loadtest|plan"),
  ],
  // Each signs URLs as itself.
  [
    "google_service_account_iam_member",
    "iam.serviceAccountTokenCreator",
    own("web|worker|functions"),
  ],
  [
    "google_service_account_iam_member",
    "iam.workloadIdentityUser",
    new RegExp(
      `^principal://${pool}/subject/repo:[^:*]+:(environment:(dev|production|load-test)|ref:refs/heads/main)$`,
    ),
  ],
  [
    "google_service_account_iam_member",
    "iam.workloadIdentityUser",
    new RegExp(`^principalSet://${pool}/attribute\\.repository_id/\\d+$`),
  ],
  [
    "google_service_account_iam_member",
    "iam.workloadIdentityUser",
    /^serviceAccount:[a-z-]+\.svc\.id\.goog\[(banneton\/(web|migrate)|monitoring\/(alertmanager|grafana|prometheus))\]$/,
  ],
  // Which bucket that may be is a rule of its own.
  ["google_storage_bucket_iam_member", "storage.legacyObjectReader", /^allUsers$/],
  ["google_storage_bucket_iam_member", "storage.objectCreator", own("build|functions")],
  [
    "google_storage_bucket_iam_member",
    "storage.objectUser",
    own("build|functions|web|worker|apply"),
  ],
  [
    "google_storage_bucket_iam_member",
    "storage.objectViewer",
    own("build|worker|functions-build|plan"),
  ],
  ["google_storage_bucket_iam_member", "storage.objectViewer", /@gcf-admin-robot\./],
];
