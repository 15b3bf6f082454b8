import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceIn } from "../../plant.ts";
import type { Plant } from "../../tally.ts";

/** In what one environment is made of; the others would say the same. */
function seenIn(environment: string, file: string, from: string | RegExp, to: string) {
  return (root: string) => {
    const environments = join(root, "terraform/environments");
    for (const name of readdirSync(environments)) {
      if (name !== environment) rmSync(join(environments, name), { recursive: true });
    }
    replaceIn(root, `terraform/${file}`, from, to);
  };
}

const cloudsql = "modules/cloudsql/main.tf";

export const foundationPlants: readonly Plant[] = [
  {
    fault: "a database with an address on the Internet",
    plant: seenIn("cloudrun", cloudsql, "ipv4_enabled    = false", "ipv4_enabled    = true"),
    caught: /an address on the Internet/,
  },
  {
    fault: "plain connections to the database",
    plant: seenIn("cloudrun", cloudsql, '"ENCRYPTED_ONLY"', '"ALLOW_UNENCRYPTED_AND_ENCRYPTED"'),
    caught: /plain connections/,
  },
  {
    fault: "a database that a plan may delete",
    plant: seenIn("cloudrun", cloudsql, /(deletion_protection_enabled +=) var.is_prod/, "$1 false"),
    caught: /can be deleted/,
  },
  {
    fault: "a process with a right on its whole project",
    plant: seenIn("cloudrun", "modules/secrets/main.tf", "secretAccessor", "admin"),
    caught: /secretmanager.admin .* not on the list/,
  },
  {
    fault: "an account that owns a project",
    plant: seenIn(
      "bootstrap",
      "environments/bootstrap/variables.tf",
      "roles/browser",
      "roles/owner",
    ),
    caught: /roles\/owner is everything/,
  },
  {
    fault: "a door of the network for everybody",
    plant: seenIn("cloudrun", "modules/network/firewall.tf", "35.235.240.0/20", "0.0.0.0/0"),
    caught: /lets 0.0.0.0\/0 in/,
  },
  {
    fault: "GitHub's repository known by its name alone",
    plant: seenIn(
      "shared",
      "modules/github-wif/main.tf",
      /assertion.repository_id == [^&]+&&/,
      "assertion.repository == 'banneton/banneton' &&",
    ),
    caught: /no repository_id is asked for/,
  },
  {
    fault: "any branch may push images",
    plant: seenIn(
      "shared",
      "environments/shared/main.tf",
      '"ref:refs/heads/main"',
      '"ref:refs/heads/any"',
    ),
    caught: /heads\/any is not on the list/,
  },
  {
    fault: "state without earlier versions",
    plant: seenIn(
      "bootstrap",
      "environments/bootstrap/main.tf",
      "enabled = true",
      "enabled = false",
    ),
    caught: /no versions/,
  },
  {
    fault: "images of others in prod",
    plant: seenIn("prod", "environments/prod/main.tf", /(is_prod +=) true/, "$1 false"),
    caught: /does not refuse in prod/,
  },
  {
    fault: "a cache in the clear",
    plant: seenIn("dev", "modules/redis/main.tf", '"SERVER_AUTHENTICATION"', '"DISABLED"'),
    caught: /no TLS/,
  },
  {
    fault: "nodes with addresses of the Internet",
    plant: seenIn("dev", "modules/gke/main.tf", /(enable_private_nodes +=) true/, "$1 false"),
    caught: /public nodes/,
  },
];
