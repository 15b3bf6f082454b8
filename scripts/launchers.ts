import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Ancestor {
  readonly parent: number;
  readonly command: string;
}

const isLauncher = /^(?:npm|npx|node \S*np[mx]|(?:\S*\/)?bunx? |(?:\S*\/)?sh -c )/;

/**
 * The processes that only stand between a person and us: `npx`, its `sh -c`, `bun run`. One of them
 * may be killed without passing the signal on, and then we would be left behind.
 */
export function findLaunchers(): number[] {
  const found: number[] = [];
  let pid = process.ppid;
  for (let depth = 0; depth < 6; depth++) {
    const ancestor = lookAt(pid);
    if (ancestor === undefined || !isLauncher.test(ancestor.command)) break;
    found.push(pid);
    pid = ancestor.parent;
  }
  return found;
}

function lookAt(pid: number): Ancestor | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): Ancestor {
  const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  return { parent: Number(parent), command };
}

function fromPs(pid: number): Ancestor | undefined {
  const line = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" });
  const [, parent, command = ""] = /^\s*(\d+)\s+(.*)$/m.exec(line) ?? [];
  return parent === undefined ? undefined : { parent: Number(parent), command };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
