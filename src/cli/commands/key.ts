import type { Command } from "commander";
import { validate } from "uuid";
import { type Permission, permissionNames } from "#modules/access/index.ts";
import { type ApiKey, issueKey, listKeys, type NewKey, revokeKey } from "#modules/keys/index.ts";
import type { Ctx } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { findSite } from "../site.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

interface IssueOptions {
  readonly name: string;
  readonly scope: readonly string[];
  readonly site?: readonly string[];
  readonly days?: string;
}

export function addKey(program: Command, terminal: Terminal): void {
  const key = program.command("key").description("issue, list and revoke API keys");
  key
    .command("issue")
    .description("issue a key and print it, this once")
    .requiredOption("--name <name>", "what it is for")
    .requiredOption("--scope <permission...>", "what it may do; all is every permission")
    .option("--site <site...>", "only at these sites, by id or name; without it everywhere")
    .option("--days <number>", "it ends after so many days; without it never")
    .action(async (options: IssueOptions) => {
      const issued = await withApp(terminal, async (app) => {
        const ctx = systemCtx(app);
        return issueKey(ctx, await inputOf(ctx, options));
      });
      terminal.say(`Key ${issued.id}: keep what follows, it is not shown again.`);
      terminal.print(issued.key);
    });
  key
    .command("list")
    .description("list all keys, oldest first; never their secrets")
    .action(async () => {
      await withApp(terminal, async (app) => {
        for await (const each of allKeys(systemCtx(app))) terminal.print(lineOf(each));
      });
    });
  key
    .command("revoke")
    .description("end a key at once, for good")
    .argument("<id>", "the id of the key")
    .action(async (id: string) => {
      if (!validate(id)) throw new CommandError("The key is named by its id.");
      await withApp(terminal, (app) => revokeKey(systemCtx(app), id));
      terminal.say(`Key ${id} is revoked.`);
    });
}

const dayMs = 86_400_000;
const daysMax = 36_500;

async function inputOf(ctx: Ctx, options: IssueOptions): Promise<NewKey> {
  const { name, scope, site, days } = options;
  if (name.trim() === "" || name.length > 120) {
    throw new CommandError("--name takes 1 to 120 characters.");
  }
  const sites = await Promise.all((site ?? []).map((each) => findSite(ctx, each)));
  const siteIds = [...new Set(sites.map(({ id }) => id))];
  return {
    name,
    scopes: scopesOf(scope),
    ...(siteIds.length === 0 ? {} : { siteIds }),
    ...(days === undefined ? {} : { expiresAt: daysAhead(ctx, days) }),
  };
}

function scopesOf(given: readonly string[]): Permission[] {
  if (given.includes("all")) return [...permissionNames];
  const isKnown = (name: string): name is Permission =>
    permissionNames.some((each) => each === name);
  const unknown = given.filter((name) => !isKnown(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no permission ${unknown.join(", ")}. There are: all, ${permissionNames.join(", ")}.`,
    );
  }
  return [...new Set(given.filter(isKnown))];
}

function daysAhead(ctx: Ctx, days: string): string {
  const count = Number(days);
  if (!Number.isInteger(count) || count < 1 || count > daysMax) {
    throw new CommandError(`--days takes a number from 1 to ${daysMax}.`);
  }
  return new Date(ctx.now().getTime() + count * dayMs).toISOString();
}

async function* allKeys(ctx: Ctx): AsyncGenerator<ApiKey> {
  let cursor: string | undefined;
  do {
    const page = await listKeys(ctx, { limit: 200, cursor });
    yield* page.data;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

function lineOf(key: ApiKey): string {
  const { id, prefix, name, scopes, siteIds, expiresAt, revokedAt, lastUsedAt } = key;
  const state = revokedAt === null ? `until ${expiresAt ?? "revoked"}` : `revoked ${revokedAt}`;
  const where = siteIds === null ? "every site" : `${siteIds.length} site(s)`;
  const what = `${scopes.length} permission(s), ${where}`;
  return [id, `${prefix}…`, what, state, `last used ${lastUsedAt ?? "never"}`, name].join("  ");
}
