import { alertDelivery } from "./kinds/alert-delivery.ts";
import { loadtest } from "./kinds/loadtest.ts";
import { monitoring } from "./kinds/monitoring.ts";
import type { Kind } from "./tally.ts";

/** Everything that is checked without a cloud, in the order of its cost. */
export const kinds: readonly Kind[] = [loadtest, monitoring, alertDelivery];
