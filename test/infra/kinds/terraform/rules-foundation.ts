import { grants } from "./grants.ts";
import { each, first, list, membersOf, type PlannedResource, type Rule } from "./plan.ts";

const google = "registry.terraform.io/hashicorp/google";
const outsiders = ["35.235.240.0/20", "130.211.0.0/22", "35.191.0.0/16"];
const primitive = /^roles\/(owner|editor|viewer)$/;
// Who plans a project reads it, and who applies it makes what is in it.
const terraforms = /^serviceAccount:banneton-(plan|apply)@/;

/** What must be true of what everything else stands on. */
export const foundationRules: Readonly<Record<string, Rule>> = {
  "Google's is the only provider": (resources) =>
    resources
      .filter(({ provider }) => provider !== google)
      .map(({ address, provider }) => `${address}: is made by ${provider}`),
  "rights are those of the list": (resources) =>
    resources.filter(({ type }) => type.includes("_iam_")).flatMap(refused),
  "no key of an identity": each("google_service_account_key", () => ["a key can be stolen"]),
  "the database is closed and kept": each("google_sql_database_instance", (resource) => {
    const settings = first(resource.after["settings"]);
    const address = first(settings["ip_configuration"]);
    return [
      address["ipv4_enabled"] !== false && "an address on the Internet",
      !address["private_network"] && "no private network",
      address["ssl_mode"] !== "ENCRYPTED_ONLY" && "plain connections",
      ...(resource.after["master_instance_name"] ? [] : keptProblems(resource)),
    ];
  }),
  "the cluster is closed": each("google_container_cluster", ({ after }) => [
    after["enable_autopilot"] !== true && "not on Autopilot",
    first(after["private_cluster_config"])["enable_private_nodes"] !== true && "public nodes",
    list(after["workload_identity_config"]).length === 0 && "no Workload Identity",
    first(after["binary_authorization"])["evaluation_mode"] !==
      "PROJECT_SINGLETON_POLICY_ENFORCE" && "no Binary Authorization",
    after["datapath_provider"] !== "ADVANCED_DATAPATH" && "no Dataplane V2",
    isProd(after) && after["deletion_protection"] !== true && "can be deleted",
  ]),
  "prod runs no image of others": each("google_binary_authorization_policy", ({ after }) => {
    const rule = first(after["default_admission_rule"]);
    return [
      rule["evaluation_mode"] !== "ALWAYS_DENY" && "allows what it does not name",
      isProd(after) &&
        rule["enforcement_mode"] !== "ENFORCED_BLOCK_AND_AUDIT_LOG" &&
        "does not refuse in prod",
    ];
  }),
  "the cache asks who it is": each("google_redis_instance", ({ after }) => [
    after["auth_enabled"] !== true && "no password",
    after["transit_encryption_mode"] !== "SERVER_AUTHENTICATION" && "no TLS",
    after["tier"] !== "STANDARD_HA" && "goes with its zone",
  ]),
  "nobody comes in from the Internet": each("google_compute_firewall", ({ after }) => {
    const ranges = (after["source_ranges"] ?? []) as string[];
    const isAllowed = list(after["allow"]).length > 0 && after["direction"] !== "EGRESS";
    const open = ranges.filter((range) => !outsiders.includes(range) && !isPrivate(range));
    return [isAllowed && open.length > 0 && `lets ${open} in`];
  }),
  "GitHub is known by its numbers": each(
    "google_iam_workload_identity_pool_provider",
    ({ after }) => {
      const condition = String(after["attribute_condition"] ?? "");
      return ["repository_id", "repository_owner_id"].map(
        (name) =>
          !new RegExp(`assertion\\.${name} == '\\d+'`).test(condition) && `no ${name} is asked for`,
      );
    },
  ),
  "state has earlier versions": each("google_storage_bucket", ({ after }) => [
    String(after["name"]).endsWith("-state") &&
      first(after["versioning"])["enabled"] !== true &&
      "no versions",
  ]),
};

function refused({ address, type, after }: PlannedResource): string[] {
  const role = String(after["role"]);
  if (primitive.test(role)) return [`${address}: ${role} is everything`];
  const isAllowed = (member: string) =>
    (type === "google_project_iam_member" && terraforms.test(member)) ||
    grants.some(([of, name, who]) => of === type && `roles/${name}` === role && who.test(member));
  return membersOf(after)
    .filter((member) => !isAllowed(member))
    .map((member) => `${address}: ${type} ${role} for ${member} is not on the list`);
}

function keptProblems({ after }: PlannedResource): (string | false)[] {
  const settings = first(after["settings"]);
  const backup = first(settings["backup_configuration"]);
  const isProtected = after["deletion_protection"] && settings["deletion_protection_enabled"];
  return [
    (backup["enabled"] !== true || backup["point_in_time_recovery_enabled"] !== true) &&
      "no way back in time",
    backup["transaction_log_retention_days"] !== 7 && "not seven days back",
    isProd(after) && isProtected !== true && "can be deleted",
    isProd(after) && settings["availability_type"] !== "REGIONAL" && "goes with its zone",
  ];
}

function isProd(after: PlannedResource["after"]): boolean {
  return String(after["project"]).endsWith("-prod");
}

function isPrivate(range: string): boolean {
  return /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(range);
}
