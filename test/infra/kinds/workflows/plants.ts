import { rmSync } from "node:fs";
import { join } from "node:path";
import { replaceIn } from "../../plant.ts";
import type { Plant } from "../../tally.ts";
import { expression } from "./files.ts";

/** A workflow in which a text stands for another, and what must be said of it. */
function planted(
  fault: string,
  file: string,
  change: readonly [RegExp | string, string],
  caught: RegExp,
): Plant {
  return {
    fault,
    plant: (root) => replaceIn(root, `.github/workflows/${file}.yml`, ...change),
    caught,
  };
}

const checkout = /(actions\/checkout@)\S+/;

export const plants: readonly Plant[] = [
  planted("an action by its tag", "ci", [checkout, "$1v7"], /not pinned to a commit/),
  planted(
    "another commit than the version's",
    "ci",
    [checkout, `$1${"a".repeat(40)}`],
    /is not v7\.0\.1/,
  ),
  planted(
    "rights for all jobs",
    "ci",
    ["permissions: {}", "permissions: write-all"],
    /permissions: \{\}/,
  ),
  planted(
    "a job that may write without need",
    "scan",
    ["contents: read", "contents: write"],
    /packages has the permissions/,
  ),
  planted(
    "a job without a timeout",
    "scan",
    [/ {4}timeout-minutes: 30\n/, ""],
    /image has no timeout/,
  ),
  planted(
    "a token left in the working tree",
    "ci",
    ["persist-credentials: false", "persist-credentials: true"],
    /leaves its token behind/,
  ),
  planted(
    "a stranger's code with our rights",
    "ci",
    ["pull_request:", "pull_request_target:"],
    /triggered by/,
  ),
  planted(
    "a title of a pull request as code",
    "ci",
    ["run: bun run check", `run: echo "${expression("github.event.pull_request.title")}"`],
    /runs text that it is given/,
  ),
  planted(
    "a plan with the rights to apply",
    "terraform-plan",
    ["banneton-plan@", "banneton-apply@"],
    /plan is/,
  ),
  planted(
    "a key in place of an identity",
    "release",
    [
      `workload_identity_provider: ${expression("vars.WIF_PROVIDER")}`,
      `credentials_json: ${expression("secrets.KEY")}`,
    ],
    /key of an account/,
  ),
  planted(
    "an identity where none is used",
    "rollback",
    ["contents: read", "contents: read\n      id-token: write"],
    /asks for none/,
  ),
  planted(
    "a flag that a script does not know",
    "promote",
    ["--skip-dev", "--skip-all"],
    /does not know --skip-all/,
  ),
  planted(
    "a script that is not there",
    "ci",
    ["bun run test", "bun run tests"],
    /run tests, which is not there/,
  ),
  planted(
    "production without its gate",
    "terraform-apply",
    ["environment: production", "environment: dev"],
    /prod runs in the environment dev/,
  ),
  planted(
    "a promotion of anything",
    "promote",
    ["'production'", "'dev'"],
    /promote runs in the environment/,
  ),
  planted(
    "a promotion before it is verified",
    "release",
    ["needs: [build, verify]", "needs: build"],
    /wait for verify/,
  ),
  planted(
    "a release without a signature",
    "release",
    ["cosign sign", "cosign version"],
    /no step for the signature/,
  ),
  planted(
    "a worker that does not know its commit",
    "release",
    [`RELEASE: ${expression("github.sha")}`, "RELEASE: main"],
    /not told its commit/,
  ),
  planted(
    "markers that ship",
    "release",
    ["pin.ts --check", "pin.ts"],
    /no step for the check of markers/,
  ),
  planted(
    "checks that may be skipped",
    "ci",
    ['REQUIRE_TOOLS: "1"', 'REQUIRE_TOOLS: "0"'],
    /be skipped/,
  ),
  planted("main without the merge queue", "ci", ["  merge_group:\n", ""], /triggered by/),
  planted(
    "a step of no step's form",
    "scan",
    ["- run: bun audit", "- ruin: bun audit"],
    /GitHub: .*ruin/,
  ),
  planted(
    "an output that nobody makes",
    "promote",
    ["steps.verify.outputs.digest", "steps.verified.outputs.digest"],
    /actionlint: .*verified/,
  ),
  {
    fault: "a script that somebody removed",
    plant: (root) => rmSync(join(root, "scripts/rollback.ts")),
    caught: /calls scripts\/rollback\.ts, which is not there/,
  },
  {
    fault: "production that nobody owns",
    plant: (root) =>
      replaceIn(root, ".github/CODEOWNERS", /^\/kustomize\/overlays\/prod\/.*$/m, ""),
    caught: /nobody owns \/kustomize\/overlays\/prod\//,
  },
  {
    fault: "packages that nobody looks after",
    plant: (root) => replaceIn(root, ".github/dependabot.yml", "ecosystem: pip", "ecosystem: npm"),
    caught: /nobody looks after pip/,
  },
];
