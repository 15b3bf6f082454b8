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

export const overlayOf = (environment: string) =>
  `kustomize/overlays/${environment}/kustomization.yaml`;
export const valuesOf = (environment: string) =>
  `terraform/environments/${environment}/release.auto.tfvars.json`;

const identity = {
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

export function startProject(): TestProject {
  return new TestProject();
}

/** A small repository of the same form as ours, for tests of what ships. */
export class TestProject {
  readonly folder = mkdtempSync(join(tmpdir(), "banneton-ship-"));

  constructor() {
    this.git("init", "--quiet", "--initial-branch=main");
    for (const environment of ["dev", "prod"]) {
      this.write(overlayOf(environment), overlay);
      this.write(valuesOf(environment), values);
    }
    this.write("migrations/20260101000000_first.sql", "CREATE TABLE a (b int);\n");
    this.write(".gitignore", "bin/\ndist/\n");
    this.commit("Begin");
  }

  git(...args: string[]): string {
    return git(this.folder, args, { env: identity });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  commit(subject: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", subject);
    return this.git("rev-parse", "HEAD").trim();
  }

  run(script: string, args: readonly string[], more: Record<string, string> = {}): Ran {
    const PATH = `${this.folder}/bin:${process.env["PATH"]}`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dir, "..", script), ...args],
      {
        cwd: this.folder,
        encoding: "utf8",
        env: { ...process.env, ...identity, PATH, ...more },
      },
    );
    return { code: status ?? -1, stdout, stderr };
  }

  /** A release of the commit that is checked out, committed as its promotion to dev would. */
  release(kind: string): string {
    const sha = this.commit(`Change ${kind}`);
    const hash = kind.repeat(64);
    const manifest = {
      sha,
      web: { image: "europe-west3-docker.pkg.dev/p/banneton/web", digest: digestOf(kind) },
      worker: { object: `worker/${hash}/banneton-worker`, sha256: hash },
      functions: { object: `functions/${hash}.zip`, sha256: hash },
    };
    this.write(`release/${sha}.json`, `${JSON.stringify(manifest, null, 2)}\n`);
    this.commit(`Release ${kind}`);
    return sha;
  }

  promote(sha: string, environment: string, kind: string, ...more: string[]): Ran {
    const to = ["--sha", sha, "--environment", environment, "--verified", digestOf(kind)];
    return this.run("promote.ts", [...to, ...more]);
  }

  /** Releases, promotes to dev and merges, as it is done when nothing is wrong. */
  ship(kind: string): string {
    const sha = this.release(kind);
    const { code, stderr } = this.promote(sha, "dev", kind);
    if (code !== 0) throw new Error(stderr);
    this.merge(`promote/dev/${sha.slice(0, 12)}`);
    return sha;
  }

  /** Merges a branch as a pull request would be: squashed. */
  merge(branch: string): void {
    this.git("merge", "--quiet", "--squash", branch);
    this.git("commit", "--quiet", "--message", `Merge ${branch}`);
  }

  /** The lines that differ, as a diff says them. */
  changedLines(from: string, to: string): readonly string[] {
    const lines = this.git("diff", "--unified=0", from, to).split("\n");
    return lines.filter((line) => /^[+-](?![+-])/.test(line));
  }

  /** A command of that name, which is a script of Bun. */
  command(name: string, script: string): void {
    this.write(`bin/${name}`, `#!${process.execPath}\n${script}`);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
