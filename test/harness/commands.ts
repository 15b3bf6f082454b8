import { importCommands } from "./commands/imports.ts";
import { recipeCommands } from "./commands/recipes.ts";
import { recordCommands } from "./commands/records.ts";
import { stockCommands } from "./commands/stock.ts";

export type { Prepared, TestCommand } from "./commands/command.ts";
export { importCommands, recipeCommands, recordCommands, stockCommands };

export const allCommands = [
  ...recordCommands,
  ...recipeCommands,
  ...stockCommands,
  ...importCommands,
];
