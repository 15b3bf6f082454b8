import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { each, first, list, type Rule, type Values } from "./plan.ts";

const example = readFileSync(join(import.meta.dir, "../../../../.env.example"), "utf8");
const variables = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, n]) => n));

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
}

/** What Terraform tells a process goes by the names that the process reads. */
export const environmentRules: Readonly<Record<string, Rule>> = {
  "the worker's variables exist": each("google_compute_region_instance_template", ({ after }) =>
    strangers(namesIn(after, "env", "=")),
  ),
  "the unit passes on every secret that is fetched": each(
    "google_compute_region_instance_template",
    ({ after }, root) => {
      const unit = readFileSync(join(root, "systemd/banneton-worker.service"), "utf8");
      return namesIn(after, "secrets", " ").map(
        (name) =>
          !unit.includes(`LoadCredential=${name}:/etc/banneton/${name}\n`) &&
          `no credential ${name} in the unit`,
      );
    },
  ),
  "the functions' variables exist": each("google_cloudfunctions2_function", ({ after }) => {
    const service = first(after["service_config"]);
    const secrets = list(service["secret_environment_variables"]).map(({ key }) => String(key));
    return strangers([...Object.keys(service["environment_variables"] ?? {}), ...secrets]);
  }),
};

function strangers(names: readonly string[]): (string | false)[] {
  return names.map((name) => !variables.has(name) && `nothing reads ${name}`);
}

/** The first words of the lines of /etc/banneton/worker.<name>, as the machine would write it. */
function namesIn(template: Values, name: string, separator: string): string[] {
  const metadata = template["metadata"] as Record<string, string> | undefined;
  const config = parse(metadata?.["user-data"] ?? "") as CloudConfig | null;
  const file = config?.write_files.find(({ path }) => path === `/etc/banneton/worker.${name}`);
  const lines = (file?.content ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line) => line.split(separator)[0] ?? "");
}
