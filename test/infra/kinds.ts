import { alertDelivery } from "./kinds/alert-delivery.ts";
import { documents } from "./kinds/documents.ts";
import { image } from "./kinds/image.ts";
import { kubernetes } from "./kinds/kubernetes.ts";
import { loadtest } from "./kinds/loadtest.ts";
import { monitoring } from "./kinds/monitoring.ts";
import { systemd } from "./kinds/systemd.ts";
import { terraform } from "./kinds/terraform.ts";
import { workflows } from "./kinds/workflows.ts";
import type { Kind } from "./tally.ts";

/** Everything that is checked without a cloud, in the order of its cost. */
export const kinds: readonly Kind[] = [
  documents,
  systemd,
  image,
  workflows,
  alertDelivery,
  monitoring,
  kubernetes,
  terraform,
  loadtest,
];
