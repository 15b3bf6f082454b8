import type { Oracle } from "./asks.ts";
import { alerts } from "./oracle/alerts.ts";
import { audit } from "./oracle/audit.ts";
import { books } from "./oracle/books.ts";
import { doors } from "./oracle/doors.ts";
import { keysAndTills } from "./oracle/keys-and-tills.ts";
import { office } from "./oracle/office.ts";
import { reports } from "./oracle/reports.ts";
import { uploads } from "./oracle/uploads.ts";

/**
 * What every operation asks for, by its operationId; a route that is not in the document goes by
 * its method and path. A new operation gets its line in the file of its part before it exists.
 */
export const oracle: Oracle = {
  ...audit,
  ...doors,
  ...office,
  ...books,
  ...keysAndTills,
  ...reports,
  ...alerts,
  ...uploads,
};
