import { existsSync } from "node:fs";
import { join } from "node:path";

import { each, first, list, membersOf, needs, type Rule } from "./plan.ts";

const healthCheckers = ["130.211.0.0/22", "35.191.0.0/16"];
const invokers = /^serviceAccount:banneton-(web|worker|events)@/;
// Rights that Google knows only for whole projects; all others are given on a resource.
const projectRoles = [
  "roles/compute.viewer",
  "roles/container.defaultNodeServiceAccount",
  "roles/eventarc.eventReceiver",
  "roles/logging.logWriter",
  "roles/pubsub.publisher",
];
// Who plans and applies a project cannot be given rights on what is not there yet.
const isTerraforms = /^serviceAccount:banneton-(plan|apply)@/;
const world = /^all(Authenticated)?Users$/;
// A password in a URL, a private key, a webhook of Slack, whatever it is called.
const secretValue = /:\/\/[^\s/:@]*:[^\s/@]+@|-----BEGIN|hooks\.slack\.com\/services/;

/** What must be true of the worker's machine, functions, topics, buckets, edge and alert policies. */
export const rules: Readonly<Record<string, Rule>> = {
  "buckets are closed": each("google_storage_bucket", ({ after }) => [
    after["uniform_bucket_level_access"] !== true && "rights are not uniform",
    after["public_access_prevention"] !== "enforced" &&
      !isStatic(after["name"]) &&
      "no public access prevention",
  ]),
  "only the portals' files are for the world": (resources) =>
    resources
      .filter(({ after }) => membersOf(after).some((member) => world.test(member)))
      .filter(
        ({ type, after }) =>
          type !== "google_storage_bucket_iam_member" ||
          !isStatic(after["bucket"]) ||
          after["role"] !== "roles/storage.legacyObjectReader",
      )
      .map(({ address }) => `${address}: is for the whole world`),
  "rights are given on resources": each("google_project_iam_member", ({ after }) => [
    !isTerraforms.test(String(after["member"])) &&
      !projectRoles.includes(String(after["role"])) &&
      `${after["role"]} on the whole project`,
  ]),
  "machines are closed": each("google_compute_region_instance_template", ({ after }) => {
    const metadata = (after["metadata"] ?? {}) as Record<string, string>;
    const shield = first(after["shielded_instance_config"]);
    return [
      list(first(after["network_interface"])["access_config"]).length > 0 && "an external address",
      shield["enable_secure_boot"] !== true && "no secure boot",
      metadata["enable-oslogin"] !== "TRUE" && "no OS Login",
      metadata["block-project-ssh-keys"] !== "TRUE" && "takes the project's SSH keys",
      secretValue.test(JSON.stringify(metadata)) && "a secret in its metadata",
    ];
  }),
  "functions are called by whom they know": each(
    "google_cloud_run_service_iam_member",
    ({ after }) => [
      after["role"] === "roles/run.invoker" &&
        !invokers.test(String(after["member"])) &&
        `${after["member"]} may invoke it`,
    ],
  ),
  "functions are closed": each("google_cloudfunctions2_function", ({ after }) => {
    const service = first(after["service_config"]);
    const own = /^banneton-functions@/;
    return [
      service["ingress_settings"] !== "ALLOW_INTERNAL_ONLY" && "answers the Internet",
      !own.test(String(service["service_account_email"])) && "has not its own identity",
      first(after["build_config"])["runtime"] !== "nodejs22" && "is not on Node 22",
      secretValue.test(JSON.stringify(service["environment_variables"] ?? {})) &&
        "a secret in its environment",
      list(service["secret_environment_variables"]).some(
        (secret) => !/^\d+$/.test(String(secret["version"])),
      ) && "a secret without a version",
    ];
  }),
  "events reach the functions": needs("google_cloudfunctions2_function", "event_trigger", [
    ["google_project_iam_member", "roles/pubsub.publisher"],
    ["google_project_iam_member", "roles/eventarc.eventReceiver"],
  ]),
  "dead letters can be moved": needs("google_pubsub_subscription", "dead_letter_policy", [
    ["google_pubsub_topic_iam_member", "roles/pubsub.publisher", /gcp-sa-pubsub/],
    ["google_pubsub_subscription_iam_member", "roles/pubsub.subscriber", /gcp-sa-pubsub/],
  ]),
  "dead letters are kept": each("google_pubsub_subscription", ({ after }) => [
    first(after["expiration_policy"])["ttl"] !== "" && "it expires",
    list(after["dead_letter_policy"]).some((each) => each["max_delivery_attempts"] !== 5) &&
      "not five attempts",
  ]),
  "the worker's port is for health checkers": each("google_compute_firewall", ({ after }) => {
    const isHealth = String(after["name"]).endsWith("-health");
    const ranges = [...((after["source_ranges"] ?? []) as string[])].sort();
    return [isHealth && `${ranges}` !== `${healthCheckers}` && `open to ${ranges}`];
  }),
  "the edge refuses attacks and floods": (resources) => {
    const policies = resources.filter(({ type }) => type === "google_compute_security_policy");
    return policies.flatMap(({ address, after }) => {
      const rules = list(after["rule"]);
      const expressions = JSON.stringify(rules.filter(({ preview }) => preview !== true));
      return [
        ...["sqli", "xss", "lfi", "rce"].filter((set) => !expressions.includes(`${set}-v33`)),
        ...(rules.some(({ action }) => action === "rate_based_ban") ? [] : ["a rate"]),
      ].map((missing) => `${address}: no rule against ${missing}`);
    });
  },
  "every alert policy reaches somebody who can read what to do": each(
    "google_monitoring_alert_policy",
    ({ after, unknown }, root) => {
      const channels = after["notification_channels"] ?? unknown["notification_channels"];
      const content = String(first(after["documentation"])["content"] ?? "");
      const runbook = /\/(docs\/runbooks\/[a-z0-9-]+\.md)\)/.exec(content)?.[1];
      const isWritten = existsSync(join(root, "docs/runbooks"));
      return [
        (!Array.isArray(channels) || channels.length === 0) && "no notification channel",
        runbook === undefined && "no runbook",
        runbook !== undefined && isWritten && !existsSync(join(root, runbook)) && `no ${runbook}`,
      ];
    },
  ),
};

function isStatic(bucket: unknown): boolean {
  return String(bucket).endsWith("-static");
}
