import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceIn } from "../plant.ts";
import type { Kind, Report } from "../tally.ts";
import { run } from "../tools.ts";
import { readsOf } from "./monitoring/expressions.ts";
import {
  analysesOf,
  type Expression,
  filesOf,
  kebab,
  panelsOf,
  place,
  type Rule,
  rulesOf,
} from "./monitoring/files.ts";
import { monitoringPrograms, type Programs } from "./monitoring/programs.ts";
import { realMetrics } from "./monitoring/scrape.ts";

const rulesPath = `${place}/base/rules/web.yaml`;

export const monitoring: Kind = {
  name: "monitoring",
  async check(root, report) {
    const rules = rulesOf(root);
    checkAlerts(root, rules, report);
    await checkNames(root, rules, report);
    const programs = monitoringPrograms();
    if (typeof programs === "string") report.skipped("promtool and amtool", programs);
    else checkByTools(root, programs, report);
  },
  plants: [
    {
      fault: "a metric that is called otherwise in a rule",
      plant: (root) => replaceIn(root, rulesPath, /banneton_redis_up/g, "banneton_redis_alive"),
      caught: /banneton_redis_alive is in no scrape/,
    },
    {
      fault: "an alert that cannot fire",
      plant: (root) => replaceIn(root, rulesPath, "ratio5m > 0.01", "ratio5m > 2"),
      caught: /RequestErrors fires/,
    },
    {
      fault: "an alert without a runbook",
      plant: (root) => rmSync(join(root, "docs/runbooks/event-lag.md")),
      caught: /EventLag.*no runbook/s,
    },
    {
      fault: "what is critical goes to nobody by e-mail",
      plant: (root) => {
        const path = `${place}/base/alertmanager/alertmanager.yml`;
        replaceIn(root, path, 'matchers: [severity="critical"]', 'matchers: [severity="crit"]');
      },
      caught: /critical/,
    },
    {
      fault: "a panel of a metric that there is not",
      plant: (root) => {
        const path = `${place}/base/dashboards/business.json`;
        replaceIn(root, path, "max by (kind) (banneton_alerts_open)", "banneton_alerts_opened");
      },
      caught: /banneton_alerts_opened is in no scrape/,
    },
    {
      fault: "a label that the metric does not have",
      plant: (root) => replaceIn(root, rulesPath, 'status=~"5.."', 'code=~"5.."'),
      caught: /has no label code/,
    },
    {
      fault: "an alert of Cloud Monitoring in Prometheus, too",
      plant: (root) => replaceIn(root, rulesPath, "alert: RedisAway", "alert: RedisMemory"),
      caught: /RedisMemory/,
    },
  ],
};

/** Their labels and annotations, their runbooks, their tests; none stands twice. */
function checkAlerts(root: string, rules: readonly Rule[], report: Report): void {
  const seen = new Set(cloudAlerts(root));
  const tests = filesOf(root, `${place}/rules-tests`, ".yaml")
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  for (const { alert, labels, annotations } of rules) {
    if (alert === undefined) continue;
    const problems: string[] = [];
    if (seen.has(kebab(alert))) problems.push("stands twice, here or in Cloud Monitoring");
    seen.add(kebab(alert));
    if (!["critical", "warning"].includes(labels?.["severity"] ?? "")) problems.push("no severity");
    const runbook = `docs/runbooks/${kebab(alert)}.md`;
    if (!existsSync(join(root, runbook))) problems.push(`has no runbook ${runbook}`);
    if (!annotations?.["runbook_url"]?.endsWith(`/${runbook}`)) problems.push("no runbook_url");
    for (const each of ["summary", "description"]) {
      if (annotations?.[each] === undefined) problems.push(`no ${each}`);
    }
    for (const outcome of ["fires", "is silent"]) {
      if (!tests.includes(`name: ${alert} ${outcome}\n`))
        problems.push(`no test that it ${outcome}`);
    }
    if (problems.length > 0) report.failed(`alert ${alert}`, problems.join("; "));
    else report.checked(`alert ${alert}`);
  }
}

/** The policies of Cloud Monitoring, by their kebab-case names. */
function cloudAlerts(root: string): string[] {
  const kept = ["database-cpu", "redis-memory", "certificate-expiry"];
  const found = filesOf(root, "terraform/modules/monitoring", ".tf").flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/^ {4}([a-z]+(?:-[a-z]+)*)\s*= \{$/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  return [...kept, ...found];
}

// What Prometheus puts on every series: see prometheus.yml.
const ofTarget = ["job", "instance", "namespace", "pod", "rollouts_pod_template_hash", "le"];

async function checkNames(root: string, rules: readonly Rule[], report: Report): Promise<void> {
  const known = new Map(await realMetrics());
  const external = JSON.parse(
    readFileSync(join(root, place, "external-metrics.json"), "utf8"),
  ) as Record<string, { labels: string[] }>;
  for (const [name, { labels }] of Object.entries(external)) known.set(name, new Set(labels));
  for (const { record, expr } of rules) {
    if (record !== undefined) known.set(record, new Set(readsOf(expr).grouped));
  }
  const ruled = rules.map(({ alert, record, expr }): Expression => {
    return { where: `rule ${alert ?? record}`, text: expr };
  });
  for (const { where, text } of [...ruled, ...panelsOf(root), ...analysesOf(root)]) {
    const problems = problemsOf(text, known);
    if (problems.length > 0) report.failed(where, problems.join("; "));
    else report.checked(`${where}: names and labels`);
  }
}

function problemsOf(text: string, known: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const { reads, grouped } = readsOf(text);
  if (reads.length === 0) return [`reads nothing: ${text}`];
  const missing = reads.filter(({ name }) => !known.has(name));
  if (missing.length > 0) return missing.map(({ name }) => `${name} is in no scrape`);
  return reads.flatMap(({ name, labels }) => {
    const own = known.get(name) ?? new Set();
    // Nothing was counted yet: its labels cannot be seen.
    if (own.size === 0 && !name.includes(":")) return [];
    return [...new Set([...labels, ...grouped])]
      .filter((label) => !own.has(label) && !ofTarget.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
}

function checkByTools(root: string, { promtool, amtool }: Programs, report: Report): void {
  const say = (what: string, command: readonly string[], cwd = root) => {
    const { code, text } = run(command, { cwd });
    if (code === 0) report.checked(what);
    else report.failed(what, text.slice(-3_000));
  };
  for (const path of filesOf(root, `${place}/base/rules`, ".yaml")) {
    say(path, [promtool, "check", "rules", path]);
  }
  for (const path of filesOf(root, `${place}/rules-tests`, ".yaml")) {
    say(path, [promtool, "test", "rules", path]);
  }
  const config = `${place}/base/prometheus.yml`;
  say(config, [promtool, "check", "config", "--syntax-only", config]);
  for (const path of ["dev", "prod"].map((name) => `${place}/${name}/worker.yaml`)) {
    say(path, [promtool, "check", "config", "--syntax-only", path]);
  }
  const routing = `${place}/base/alertmanager/alertmanager.yml`;
  say(routing, [amtool, "check-config", routing]);
  for (const [severity, receiver] of [
    ["critical", "slack-and-email"],
    ["warning", "slack"],
  ]) {
    const test = [amtool, "config", "routes", "test", `--config.file=${routing}`];
    say(`what is ${severity} goes to ${receiver}`, [
      ...test,
      `--verify.receivers=${receiver}`,
      `severity=${severity}`,
      "alertname=RequestErrors",
    ]);
  }
}
