import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ran } from "../../tools.ts";

/** Runs Terraform in a folder, with a provider of ours attached in the place of Google's. */
export type Terraform = (folder: string, ...args: readonly string[]) => Promise<Ran>;

const address = "registry.terraform.io/hashicorp/google";
const opened = new Map<string, Promise<string>>();

/** Starts the provider for these types, once; it ends with this process, whose end of its input closes. */
export async function openTerraform(command: string, types: readonly string[]): Promise<Terraform> {
  const key = types.join(" ");
  const attached = opened.get(key) ?? startProvider(types);
  opened.set(key, attached);
  const env = {
    TF_REATTACH_PROVIDERS: await attached,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    // A configuration of this machine's has no say here.
    TF_CLI_CONFIG_FILE: "/dev/null",
  };
  return async (cwd, ...args) => {
    const options = { cwd, env: { ...process.env, ...env }, stderr: "pipe" } as const;
    const child = Bun.spawn([command, ...args], options);
    const streams = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    const [stdout = "", stderr = ""] = await Promise.all(streams);
    return { code: await child.exited, text: `${stdout}${stderr}`, stdout };
  };
}

async function startProvider(types: readonly string[]): Promise<string> {
  const socket = join(mkdtempSync(join(tmpdir(), "banneton-provider-")), "socket");
  const main = join(import.meta.dir, "provider-main.ts");
  const child = Bun.spawn([process.execPath, main, socket, ...types], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  child.unref();
  const { done } = await child.stdout.getReader().read();
  if (done) throw new Error(`the provider ends with ${await child.exited}`);
  const attached = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: child.pid,
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  return JSON.stringify({ [address]: attached });
}
