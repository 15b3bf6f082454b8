import { addItem } from "#modules/catalog/index.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { rememberAliases } from "../../queries/aliases.ts";
import { type ArticleRow, findKnownNames, insertArticles } from "../../queries/till-articles.ts";
import type { Spelling } from "../../rules/till/articles.ts";

interface Meaning {
  readonly itemId: string | null;
  readonly outcome: ArticleRow["outcome"];
}

/**
 * Step: finds the item of each article by its alias, else by its name, else makes a new one, and
 * remembers what names mean. In a dry run nothing is made.
 */
export async function resolveArticles(
  tx: Tx,
  { importId, dryRun }: { readonly importId: string; readonly dryRun: boolean },
  spellings: readonly Spelling[],
): Promise<void> {
  const used = spellings.filter(({ lines }) => lines > 0);
  const firsts = [...new Map(used.toReversed().map((each) => [each.key, each])).values()].reverse();
  const known = await findKnownNames(tx, firsts);
  const meanings = new Map<string, Meaning>();
  const created = new Map<string, Meaning>();
  const learnt: { id: string; name: string; key: string; itemId: string }[] = [];
  for (const [index, { key, name }] of firsts.entries()) {
    const found = known[index];
    const folded = found?.folded ?? key;
    let meaning = created.get(folded);
    if (found?.aliasItemId) meaning = { itemId: found.aliasItemId, outcome: "alias" };
    else if (found?.itemId) meaning = { itemId: found.itemId, outcome: "matched" };
    if (meaning === undefined) {
      meaning = { itemId: dryRun ? null : await newItem(tx, name), outcome: "created" };
      created.set(folded, meaning);
    }
    meanings.set(key, meaning);
    if (!found?.aliasItemId && meaning.itemId !== null) {
      learnt.push({ id: newId(), name, key, itemId: meaning.itemId });
    }
  }
  if (!dryRun) await rememberAliases(tx, learnt);
  const rows = used.map(({ position, spelling, key, looseKey, lines }): ArticleRow => {
    const { itemId, outcome } = meanings.get(key) ?? { itemId: null, outcome: "matched" };
    return { position, spelling, key, looseKey, itemId, outcome, lines };
  });
  await insertArticles(tx, importId, rows);
}

async function newItem(tx: Tx, name: string): Promise<string> {
  const id = newId();
  await addItem(tx, { id, name, kind: "product", stocking: "stocked", unit: "piece" });
  return id;
}
