import { rmSync } from "node:fs";
import { join } from "node:path";
import { replaceIn } from "../../plant.ts";
import type { Plant } from "../../tally.ts";

const modules = "terraform/modules";

/** In a module; one environment is enough to see it in. */
function inModule(file: string, from: string | RegExp, to: string): Plant["plant"] {
  return (root) => {
    rmSync(join(root, "terraform/environments/prod"), { recursive: true });
    replaceIn(root, `${modules}/${file}`, from, to);
  };
}

export const plants: readonly Plant[] = [
  {
    fault: "an attribute that the resource does not have",
    plant: inModule("pubsub/main.tf", "ack_deadline_seconds ", "ack_deadline "),
    caught: /Unsupported argument/,
  },
  {
    fault: "a value that the documentation does not list",
    plant: inModule("functions/main.tf", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL"),
    caught: /ingress_settings is one of/,
  },
  {
    fault: "a function that everybody may invoke",
    plant: inModule("functions/main.tf", /"serviceAccount:\$\{each.value.email\}"/, '"allUsers"'),
    caught: /for the whole world/,
  },
  {
    fault: "a function that the Internet reaches",
    plant: inModule("functions/main.tf", "ALLOW_INTERNAL_ONLY", "ALLOW_ALL"),
    caught: /answers the Internet/,
  },
  {
    fault: "a function without its service agent's right to publish",
    plant: inModule("functions/events.tf", "roles/pubsub.publisher", "roles/pubsub.viewer"),
    caught: /event_trigger needs roles\/pubsub.publisher/,
  },
  {
    fault: "a secret of a function in its environment",
    plant: inModule(
      "functions/main.tf",
      'NODE_ENV             = "production"',
      'NODE_ENV             = "production"\n      MAIL = "smtps://shop:hunter2@mail.example"',
    ),
    caught: /a secret in its environment/,
  },
  {
    fault: "a secret in the metadata of the worker's machine",
    plant: inModule(
      "worker-vm/main.tf",
      'own = { NODE_ENV = "production"',
      'own = { NODE_ENV = "production", DB = "postgres://worker:hunter2@10.0.0.3/banneton"',
    ),
    caught: /a secret in its metadata/,
  },
  {
    fault: "a worker's machine with an address of the Internet",
    plant: inModule(
      "worker-vm/main.tf",
      "subnetwork = var.subnetwork\n",
      "subnetwork = var.subnetwork\n    access_config {}\n",
    ),
    caught: /an external address/,
  },
  {
    fault: "a worker's machine that boots what nobody signed",
    plant: inModule(
      "worker-vm/main.tf",
      /enable_secure_boot\s+= true/,
      "enable_secure_boot = false",
    ),
    caught: /no secure boot/,
  },
  {
    fault: "the worker's port for everybody",
    plant: inModule("worker-vm/main.tf", '["35.191.0.0/16", "130.211.0.0/22"]', '["0.0.0.0/0"]'),
    caught: /open to 0.0.0.0/,
  },
  {
    fault: "dead letters that the service agent cannot move",
    plant: inModule("pubsub/main.tf", "roles/pubsub.subscriber", "roles/pubsub.viewer"),
    caught: /dead_letter_policy needs roles\/pubsub.subscriber/,
  },
  {
    fault: "a subscription that is deleted when nobody reads it",
    plant: inModule("pubsub/main.tf", 'ttl = ""', 'ttl = "2678400s"'),
    caught: /it expires/,
  },
  {
    fault: "a bucket without public access prevention",
    plant: inModule(
      "storage/main.tf",
      /public_access_prevention\s+= "enforced"/,
      'public_access_prevention = "inherited"',
    ),
    caught: /no public access prevention/,
  },
  {
    fault: "uploads for the world",
    plant: inModule(
      "storage/main.tf",
      'bucket = google_storage_bucket.static.name\n  role   = "roles/storage.legacyObjectReader"',
      'bucket = google_storage_bucket.uploads.name\n  role   = "roles/storage.legacyObjectReader"',
    ),
    caught: /for the whole world/,
  },
  {
    fault: "a service level that nobody is told of",
    plant: inModule(
      "monitoring/slo.tf",
      /notification_channels = local.*/,
      "notification_channels = []",
    ),
    caught: /no notification channel/,
  },
  {
    fault: "an alert policy without a runbook",
    plant: inModule("monitoring/policies.tf", /\/\$\{each.key\}\.md\)/, ")"),
    caught: /no runbook/,
  },
  {
    fault: "rules of the edge that only log",
    plant: inModule("edge/armor.tf", "preview     = var.is_waf_preview", "preview     = true"),
    caught: /no rule against sqli/,
  },
  {
    fault: "a release whose binary is not its hash",
    plant: (root) =>
      replaceIn(
        root,
        "terraform/environments/prod/release.auto.tfvars.json",
        /"worker_sha256": "0/,
        '"worker_sha256": "1',
      ),
    caught: /The object must be worker/,
  },
  {
    fault: "a secret at whatever version is the latest",
    plant: (root) =>
      replaceIn(
        root,
        "terraform/environments/dev/parts.auto.tfvars",
        /(DATABASE_URL +=) "1"/,
        '$1 "latest"',
      ),
    caught: /version is a number/,
  },
  {
    fault: "a variable that nothing reads",
    plant: (root) =>
      replaceIn(root, "terraform/environments/dev/parts.tf", "STORAGE_URL ", "STORE_URL "),
    caught: /nothing reads STORE_URL/,
  },
  {
    fault: "a secret that is fetched and not passed on",
    plant: (root) =>
      replaceIn(root, "systemd/banneton-worker.service", /^LoadCredential=SMTP_URL.*\n/m, ""),
    caught: /no credential SMTP_URL/,
  },
  {
    fault: "a right on the whole project",
    plant: inModule("worker-vm/logs.tf", "roles/logging.logWriter", "roles/editor"),
    caught: /roles\/editor on the whole project/,
  },
  {
    fault: "files that are not formatted",
    plant: inModule("pubsub/main.tf", "  project = var.project", "project = var.project"),
    caught: /terraform fmt|pubsub/,
  },
];
