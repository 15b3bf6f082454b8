import { newId } from "#platform/id.ts";
import type { Kitchen } from "../kitchen.ts";
import { added, command, newItem, patch, post, remove, type TestCommand } from "./command.ts";

async function addRecipe(kitchen: Kitchen): Promise<string> {
  const itemId = await added(kitchen, "/items", newItem({ kind: "product" }));
  const ingredients = [{ itemId: kitchen.flour, quantity: "1", unit: "kg" }];
  return added(kitchen, "/recipes", { itemId, yield: { quantity: "2", unit: "kg" }, ingredients });
}

/** What edits recipes. */
export const recipeCommands: readonly TestCommand[] = [
  command("recipe created", "createRecipe", async (kitchen) => {
    const itemId = await added(kitchen, "/items", newItem({ kind: "product" }));
    const ingredients = [{ itemId: kitchen.flour, quantity: "1", unit: "kg" }];
    return post("/recipes", {
      id: newId(),
      itemId,
      yield: { quantity: "2", unit: "kg" },
      ingredients,
    });
  }),
  command("recipe changed", "changeRecipe", async (kitchen) => {
    const ingredients = [{ itemId: kitchen.flour, quantity: "3", unit: "kg" }];
    return patch(`/recipes/${await addRecipe(kitchen)}`, { ingredients, overhead: "2.00" });
  }),
  command("recipe archived", "archiveRecipe", async (kitchen) =>
    remove(`/recipes/${await addRecipe(kitchen)}`, 1),
  ),
];
