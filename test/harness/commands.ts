import { accountCommands } from "./commands/accounts.ts";
import { correctionCommands } from "./commands/corrections.ts";
import { holdCommands } from "./commands/holds.ts";
import { importCommands } from "./commands/imports.ts";
import { keyAndTillCommands } from "./commands/keys-and-tills.ts";
import { periodCommands } from "./commands/periods.ts";
import { recipeCommands } from "./commands/recipes.ts";
import { recordCommands } from "./commands/records.ts";
import { refundCommands } from "./commands/refunds.ts";
import { reportCommands } from "./commands/reports.ts";
import { stockCommands } from "./commands/stock.ts";
import { transferCommands } from "./commands/transfers.ts";
import { uploadCommands } from "./commands/uploads.ts";
import { webhookCommands } from "./commands/webhooks.ts";

export type { Prepared } from "./commands/command.ts";
export {
  accountCommands,
  importCommands,
  keyAndTillCommands,
  recipeCommands,
  recordCommands,
  refundCommands,
  stockCommands,
  uploadCommands,
  webhookCommands,
};

export const allCommands = [
  ...recordCommands,
  ...recipeCommands,
  ...stockCommands,
  ...correctionCommands,
  ...transferCommands,
  ...periodCommands,
  ...holdCommands,
  ...refundCommands,
  ...importCommands,
  ...reportCommands,
];
