import { authoriseAt } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { addConversion, addItem, catalogTag } from "#modules/catalog/index.ts";
import { addRecipe } from "#modules/recipes/index.ts";
import { recordHistory } from "#modules/sales/index.ts";
import { postingSettings } from "#modules/settings/index.ts";
import { siteUnknown } from "#modules/sites/index.ts";
import { openStock } from "#modules/stock/index.ts";
import { type CommandResult, hashOf, runCommand } from "#platform/command.ts";
import { type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { AppError, invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import { type Import, type ImportReport, listedMax, type NewImport } from "../model.ts";
import { insertImport, type RecordRow, waitForTurn } from "../queries.ts";
import { type Plan, planImport } from "./plan.ts";

/**
 * Brings a file of another system into a site, all of it in one transaction: a failure leaves
 * nothing. Lines that are impossible are left out and reported; what an import has brought before
 * stays as it is, so the same file again changes nothing and a longer one adds what is new. A dry
 * run reports the same and writes nothing. Who may import at the site may bring in the items and
 * recipes that are new in the file; what all sites share already is not changed. Throws
 * `imports.format` and `sites.site_unknown` (422).
 */
export async function importFile(
  ctx: Ctx,
  key: string,
  input: NewImport,
): Promise<CommandResult<Import>> {
  const hidden = { read: "sites.read", missing: siteUnknown } as const;
  authoriseAt(ctx, "imports.record", input.siteId, hidden);
  if (input.dryRun === true) {
    const plan = await ctx.app.db.withSnapshot((db) => planImport(db, ctx, input));
    const body = answer(input, reportOf(plan), { id: null, recordedAt: null });
    return { status: 200, body, replayed: false };
  }
  const counts = { name: "imports_recorded", help: "Files imported" };
  const command = { route: "imports", key, body: input, counts };
  return ctx.app.cache.changing([catalogTag], () =>
    runCommand(ctx, command, async (tx) => {
      await waitForTurn(tx);
      await postingSettings(tx);
      const plan = await planImport(tx, ctx, input);
      return { status: 201, body: await carryOut(tx, ctx, input, plan) };
    }),
  );
}

async function carryOut(tx: Tx, ctx: Ctx, input: NewImport, plan: Plan): Promise<Import> {
  const id = newId();
  const { siteId, format } = input;
  for (const { id: itemId, create, pack } of plan.items.news) {
    if (create) await addItem(tx, create);
    if (pack) await addConversion(tx, { ...pack, itemId });
  }
  const lots = await openLots(tx, ctx, { id, siteId }, plan);
  const refused = await addRecipes(tx, ctx, plan);
  if (plan.sales.news.length > 0) await recordHistory(tx, ctx, { siteId, sales: plan.sales.news });
  const report = reportOf(plan, { lots, refused });
  const made = [...plan.items.made, ...lots, ...plan.recipes.made].filter(
    (record) => !refused.has(record.recordId),
  );
  const contentHash = hashOf(input.content);
  const row = { id, siteId, format, contentHash, actor: ctx.actor.id, report };
  const recordedAt = await insertImport(tx, row, made);
  await recordDeed(tx, ctx, {
    action: "import.recorded",
    subject: { kind: "import", id },
    siteId,
    after: { format, contentHash },
  });
  return answer(input, report, { id, recordedAt });
}

/** Opening stock is the system's to write; the import says who asked for it. */
async function openLots(
  tx: Tx,
  ctx: Ctx,
  { id, siteId }: { readonly id: string; readonly siteId: string },
  { lots: { news } }: Plan,
): Promise<RecordRow[]> {
  if (news.length === 0) return [];
  const { app, log, traceId } = ctx;
  const system: Ctx = { app, log, traceId, actor: SYSTEM_ACTOR, now: () => ctx.now() };
  const lots = news.map(({ key: _, said: __, ...lot }) => lot);
  const opened = await openStock(tx, system, { siteId, sourceId: id, lots });
  return news.map(({ key, said }, index) => {
    const recordId = opened[index]?.lotId;
    invariant(recordId, "every lot that was opened has an id");
    return { kind: "lot", key, recordId, said };
  });
}

/** A recipe that the kitchen's own rules refuse, such as a cycle, is reported; the rest goes on. */
async function addRecipes(tx: Tx, ctx: Ctx, { file, recipes }: Plan): Promise<Set<string>> {
  const refused = new Set<string>();
  for (const { pointer, ...recipe } of recipes.news) {
    try {
      await addRecipe(tx, ctx, recipe);
    } catch (error) {
      // One that the database has refused has ended the transaction.
      if (!(error instanceof AppError) || error.cause !== undefined) throw error;
      file.findings.problem(pointer, "recipe_refused", `${error.message} The recipe is left out.`);
      refused.add(recipe.id);
    }
  }
  return refused;
}

interface Done {
  readonly lots: readonly RecordRow[];
  readonly refused: ReadonlySet<string>;
}

function reportOf(plan: Plan, done?: Done): ImportReport {
  const { items, lots, recipes, sales, file } = plan;
  const { problems, problemCount, notices, noticeCount } = file.findings;
  const refused = done?.refused ?? new Set();
  const isNew = (record: ImportReport["records"][number]) => record.outcome === "created";
  const newLots = (done?.lots ?? []).values();
  const records = [
    ...items.records,
    ...lots.records.map((each) => {
      return isNew(each) ? { ...each, id: newLots.next().value?.recordId ?? null } : each;
    }),
    ...recipes.records.filter((each) => each.id === null || !refused.has(each.id)),
  ].map((each) => (done === undefined && isNew(each) ? { ...each, id: null } : each));
  const { created, skipped } = recipes.tally;
  return {
    items: items.tally,
    lots: lots.tally,
    recipes: {
      ...recipes.tally,
      created: created - refused.size,
      skipped: skipped + refused.size,
    },
    sales: sales.tally,
    records: records.slice(0, listedMax),
    problems,
    problemCount,
    notices,
    noticeCount,
  };
}

function answer(
  { siteId, format, dryRun = false, content }: NewImport,
  report: ImportReport,
  written: Pick<Import, "id" | "recordedAt">,
): Import {
  const { id, recordedAt } = written;
  return { id, siteId, format, dryRun, contentHash: hashOf(content), recordedAt, report };
}
