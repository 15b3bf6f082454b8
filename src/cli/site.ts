import { listSites, type Site } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { CommandError } from "./terminal.ts";

const sitesAtOnce = 200;

/** The site by its id, or by its name if only one in use is called that. */
export async function findSite(ctx: Ctx, wanted: string): Promise<Site> {
  const named: Site[] = [];
  let cursor: string | undefined;
  do {
    const page = await listSites(ctx, { limit: sitesAtOnce, cursor });
    const exact = page.data.find((site) => site.id === wanted);
    if (exact) return exact;
    named.push(...page.data.filter((site) => site.name.toLowerCase() === wanted.toLowerCase()));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const [site, other] = named;
  if (site === undefined) throw new CommandError(`There is no site ${wanted} in use.`);
  if (other !== undefined)
    throw new CommandError(`Several sites are called ${wanted}: give an id.`);
  return site;
}
