import { command, post, type TestCommand } from "./command.ts";

/** What is asked of the reports. */
export const reportCommands: readonly TestCommand[] = [
  command("ask for a report as a file", "exportReport", () =>
    post("/reports/sales-days/exports", { format: "csv" }),
  ),
];
