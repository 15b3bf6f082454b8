import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { openMailSink } from "../../harness/mail-sink.ts";
import { replaceIn } from "../plant.ts";
import type { Kind } from "../tally.ts";
import { commandOf } from "../tools.ts";
import { place, rulesOf } from "./monitoring/files.ts";
import { freePort } from "./monitoring/processes.ts";
import { monitoringPrograms } from "./monitoring/programs.ts";

const routingPath = `${place}/base/alertmanager/alertmanager.yml`;
const alert = "VerifyFailed";
const waitMsMax = 20_000;
const afterFirstMsMax = 3_000;

export const alertDelivery: Kind = {
  name: "alert-delivery",
  async check(root, report) {
    const programs = monitoringPrograms();
    if (typeof programs === "string")
      return report.skipped("Prometheus to Slack and mail", programs);
    // Debian's reads its templates where the package puts them: it must be installed.
    const alertmanager = commandOf("prometheus-alertmanager");
    if (alertmanager === undefined) {
      return report.skipped("Prometheus to Slack and mail", "Alertmanager cannot be installed");
    }
    const { slack, mails } = await deliver(root, [programs.prometheus, alertmanager]);
    const summary = rulesOf(root).find((rule) => rule.alert === alert)?.annotations?.["summary"];
    for (const [where, texts] of Object.entries({ Slack: slack, mail: mails })) {
      const what = `an alert of a real scrape arrives by ${where}`;
      if (texts.some((text) => summary !== undefined && text.includes(summary)))
        report.checked(what);
      else report.failed(what, `${texts.length} message(s) came, none about it`);
    }
  },
  plants: [
    {
      fault: "a route that drops what is critical",
      plant: (root) =>
        replaceIn(root, routingPath, "receiver: slack-and-email\n", "receiver: slack\n"),
      caught: /by mail/,
    },
  ],
};

/** The commands of Prometheus and of Alertmanager. */
type Pair = readonly [string, string];

interface Arrived {
  readonly slack: readonly string[];
  readonly mails: readonly string[];
}

/** A target whose books do not hold, and everything behind it as it is deployed, on loopback. */
async function deliver(root: string, programs: Pair): Promise<Arrived> {
  const folder = mkdtempSync(join(tmpdir(), "banneton-alerts-"));
  const slack: string[] = [];
  const http = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname === "/metrics") {
        return new Response(
          "# TYPE banneton_verification_sound gauge\nbanneton_verification_sound 0\n",
          {
            headers: { "content-type": "text/plain; version=0.0.4" },
          },
        );
      }
      slack.push(await request.text());
      return new Response("ok");
    },
  });
  const mail = await openMailSink("secret");
  const children: Bun.Subprocess[] = [];
  try {
    const ports = { prometheus: await freePort(), alertmanager: await freePort() };
    writeFiles({ root, folder, sink: http.port ?? 0, smtp: mail.port, ports });
    children.push(...start(programs, folder, ports));
    // Nobody tells us of what does not come: a while after the first the other is not awaited.
    let deadline = performance.now() + waitMsMax;
    let isFirst = true;
    while (performance.now() < deadline && (slack.length === 0 || mail.mails.length === 0)) {
      if (isFirst && slack.length > 0) {
        deadline = performance.now() + afterFirstMsMax;
        isFirst = false;
      }
      if (children.some(({ exitCode }) => exitCode !== null))
        throw new Error("a program has ended");
      await Bun.sleep(50);
    }
    return { slack, mails: mail.mails.map(({ text }) => text) };
  } finally {
    for (const child of children) {
      child.kill();
      await child.exited;
    }
    await http.stop(true);
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ports {
  readonly prometheus: number;
  readonly alertmanager: number;
}

interface Files {
  readonly root: string;
  readonly folder: string;
  readonly sink: number;
  readonly smtp: number;
  readonly ports: Ports;
}

interface Routing {
  readonly global: Record<string, unknown>;
  readonly route: Record<string, unknown> & { readonly routes: Record<string, unknown>[] };
}

/** The deployed rules and routing; only addresses and waits are the test's own. */
function writeFiles({ root, folder, sink, smtp, ports }: Files): void {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "rules"));
  write("slack", `http://127.0.0.1:${sink}/slack`);
  write("password", "secret");
  const config = parse(readFileSync(join(root, routingPath), "utf8")) as Routing;
  Object.assign(config.global, {
    smtp_smarthost: `localhost:${smtp}`,
    smtp_require_tls: false,
    smtp_auth_password_file: join(folder, "password"),
    slack_api_url_file: join(folder, "slack"),
  });
  for (const route of [config.route, ...config.route.routes]) route["group_wait"] = "0s";
  write("alertmanager.yml", stringify(config, { aliasDuplicateObjects: false }));
  const rules = readFileSync(join(root, place, "base/rules/worker.yaml"), "utf8");
  write("rules/worker.yaml", rules.replace(/interval: 15s/g, "interval: 1s"));
  const targets = (port: number) => [{ targets: [`127.0.0.1:${port}`] }];
  const prometheus = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [join(folder, "rules/*.yaml")],
    alerting: { alertmanagers: [{ static_configs: targets(ports.alertmanager) }] },
    scrape_configs: [{ job_name: "worker", static_configs: targets(sink) }],
  };
  write("prometheus.yml", stringify(prometheus));
}

function start([prometheus, alertmanager]: Pair, folder: string, ports: Ports): Bun.Subprocess[] {
  const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore", cwd: folder } as const;
  const routing = [
    "--config.file=alertmanager.yml",
    "--storage.path=alertmanager",
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    "--cluster.listen-address=",
  ];
  const scraping = [
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=prometheus",
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
  ];
  return [
    Bun.spawn([alertmanager, ...routing], quiet),
    Bun.spawn([prometheus, ...scraping], quiet),
  ];
}
