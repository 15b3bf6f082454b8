import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { git } from "./git.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small repository of the same form as ours, for tests of what ships. */
export interface TestProject {
  readonly folder: string;
  write(path: string, text: string): void;
  read(path: string): string;
  commit(subject: string): string;
  git(...args: string[]): string;
  run(script: string, args: readonly string[], env?: Record<string, string>): Ran;
  /** A release of the commit that is checked out, committed as its promotion to dev would. */
  release(kind: string): string;
  /** Merges a branch as a pull request would be: squashed. */
  merge(branch: string): void;
  /** A command of that name, which is a script of Bun. */
  command(name: string, script: string): string;
  remove(): void;
}

export const digestOf = (kind: string) => `sha256:${kind.repeat(64)}`;

const overlay = `kind: Kustomization
resources:
  - ../../base
images:
  - name: banneton-web
    newName: europe-west3-docker.pkg.dev/banneton-shared/banneton/web
    digest: sha256:PIN_ME
configMapGenerator:
  - name: web-config
    literals:
      - digest=sha256:another
`;
const zeros = "0".repeat(64);
const values = `{
  "worker_object": "worker/${zeros}/banneton-worker",
  "worker_sha256": "${zeros}",
  "functions_object": "functions/${zeros}.zip",
  "functions_sha256": "${zeros}"
}
`;

export function startProject(): TestProject {
  const folder = mkdtempSync(join(tmpdir(), "banneton-ship-"));
  const env = {
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.com",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.com",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  const own = (...args: string[]) => git(folder, args, { env });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const commit = (subject: string) => {
    own("add", "--all");
    own("commit", "--quiet", "--allow-empty", "--message", subject);
    return own("rev-parse", "HEAD").trim();
  };
  own("init", "--quiet", "--initial-branch=main");
  for (const environment of ["dev", "prod"]) {
    write(`kustomize/overlays/${environment}/kustomization.yaml`, overlay);
    write(`terraform/environments/${environment}/release.auto.tfvars.json`, values);
  }
  write("migrations/20260101000000_first.sql", "CREATE TABLE a (b int);\n");
  write(".gitignore", "bin/\ndist/\n");
  commit("Begin");
  return {
    folder,
    write,
    commit,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    git: own,
    run(script, args, more = {}) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(import.meta.dir, "..", script), ...args],
        {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, ...env, PATH: `${folder}/bin:${process.env["PATH"]}`, ...more },
        },
      );
      return { code: status ?? -1, stdout, stderr };
    },
    release(kind) {
      const sha = commit(`Change ${kind}`);
      const hash = kind.repeat(64);
      const manifest = {
        sha,
        web: { image: "europe-west3-docker.pkg.dev/p/banneton/web", digest: digestOf(kind) },
        worker: { object: `worker/${hash}/banneton-worker`, sha256: hash },
        functions: { object: `functions/${hash}.zip`, sha256: hash },
      };
      write(`release/${sha}.json`, `${JSON.stringify(manifest, null, 2)}\n`);
      commit(`Release ${kind}`);
      return sha;
    },
    merge(branch) {
      own("merge", "--quiet", "--squash", branch);
      own("commit", "--quiet", "--message", `Merge ${branch}`);
    },
    command(name, script) {
      const path = join(folder, "bin", name);
      write(`bin/${name}`, `#!${process.execPath}\n${script}`);
      chmodSync(path, 0o755);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
