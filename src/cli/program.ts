import { Command } from "commander";
import { addAlerts, addWebhooks } from "./commands/alerts.ts";
import { addAudit } from "./commands/audit.ts";
import { addDatabase } from "./commands/database.ts";
import { addErasePerson } from "./commands/erase-person.ts";
import { addExport } from "./commands/export.ts";
import { addHealth } from "./commands/health.ts";
import { addImport } from "./commands/import.ts";
import { addJobs } from "./commands/jobs.ts";
import { addKey } from "./commands/key.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addOpenapi } from "./commands/openapi.ts";
import { addOwnerLink } from "./commands/owner-link.ts";
import { addRecall } from "./commands/recall.ts";
import { addReports } from "./commands/reports.ts";
import { addRetain } from "./commands/retain.ts";
import { addSeed } from "./commands/seed.ts";
import { addStart } from "./commands/start.ts";
import { addVerify } from "./commands/verify.ts";
import { addWeb } from "./commands/web.ts";
import { addWorker } from "./commands/worker.ts";
import type { Terminal } from "./terminal.ts";

export function createProgram(terminal: Terminal): Command {
  const program = new Command("banneton")
    .description("The operations platform for bakeries.")
    .showHelpAfterError("(--help says more)")
    // Ending the process here could cut off what is still on its way to a pipe.
    .exitOverride();
  for (const add of [
    addStart,
    addWeb,
    addWorker,
    addJobs,
    addHealth,
    addMigrate,
    addSeed,
    addExport,
    addImport,
    addVerify,
    addAudit,
    addRecall,
    addReports,
    addAlerts,
    addWebhooks,
    addKey,
    addOwnerLink,
    addErasePerson,
    addRetain,
    addOpenapi,
    addDatabase,
  ]) {
    add(program, terminal);
  }
  return program;
}
