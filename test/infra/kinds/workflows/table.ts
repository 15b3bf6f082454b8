import { expression } from "./files.ts";

/** What each workflow is for; another one, or another right, is written here before it is written there. */
interface Rights {
  /** Whom it is in the cloud: an identity's name without banneton-; undefined for nobody. */
  readonly identity?: string;
  readonly triggers: readonly string[];
  /** Of each job, exactly these. */
  readonly jobs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of each job that has one. */
  readonly environments?: Readonly<Record<string, string>>;
}

const reads = { contents: "read" };
const asCloud = { contents: "read", "id-token": "write" };
const verifies = { contents: "read", "id-token": "write", attestations: "read" };
const chosen = expression("inputs.environment == 'prod' && 'production' || 'dev'");

export const table: Readonly<Record<string, Rights>> = {
  ci: {
    triggers: ["pull_request", "push", "merge_group"],
    jobs: { check: reads, test: reads, image: reads },
  },
  "terraform-plan": {
    identity: "plan",
    triggers: ["pull_request"],
    jobs: { plan: { ...asCloud, "pull-requests": "write" } },
  },
  release: {
    identity: "build",
    triggers: ["push"],
    jobs: { build: { ...asCloud, attestations: "write" }, verify: verifies, promote: reads },
    environments: { promote: "dev" },
  },
  promote: {
    identity: "promote",
    triggers: ["workflow_dispatch"],
    jobs: { verify: verifies, promote: reads },
    environments: { promote: chosen },
  },
  "terraform-apply": {
    identity: "apply",
    triggers: ["push", "workflow_dispatch"],
    jobs: { dev: asCloud, prod: asCloud },
    environments: { dev: "dev", prod: "production" },
  },
  rollback: {
    triggers: ["repository_dispatch", "workflow_dispatch"],
    jobs: { rollback: reads },
    environments: { rollback: "rollback" },
  },
  "load-test": {
    identity: "loadtest",
    triggers: ["workflow_dispatch"],
    jobs: { locust: asCloud },
    environments: { locust: "load-test" },
  },
  scan: {
    triggers: ["schedule", "workflow_dispatch"],
    jobs: { packages: reads, image: reads },
  },
};

/** The actions that may be used, each at the commit of its version. */
export const actions: Readonly<Record<string, readonly [version: string, commit: string]>> = {
  "actions/attest-build-provenance": ["v4.1.0", "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32"],
  "actions/checkout": ["v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"],
  "actions/create-github-app-token": ["v3.1.1", "1b10c78c7865c340bc4f6099eb2f838309f1e8c3"],
  "docker/build-push-action": ["v7.3.0", "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"],
  "google-github-actions/auth": ["v3.0.0", "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093"],
  "google-github-actions/setup-gcloud": ["v3.0.1", "aa5489c8933f4cc7a4f7d45035b3b1440c9c10db"],
  "hashicorp/setup-terraform": ["v4.0.1", "dfe3c3f87815947d99a8997f908cb6525fc44e9e"],
  "oven-sh/setup-bun": ["v2.2.0", "0c5077e51419868618aeaa5fe8019c62421857d6"],
  "sigstore/cosign-installer": ["v4.1.2", "6f9f17788090df1f26f669e9d70d6ae9567deba6"],
};
