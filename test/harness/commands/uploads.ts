import { newId } from "#platform/id.ts";
import * as bakery from "../bakery.ts";
import type { Kitchen } from "../kitchen.ts";
import { command, post, remove, type TestCommand } from "./command.ts";

/** An invoice of a delivery, which has just arrived. */
export async function newInvoice({ client, siteId }: Kitchen, bytes = 48_213) {
  const itemId = await bakery.addItem(client);
  const delivered = [{ itemId, quantity: "1", totalCost: "1.00" }];
  const receipt = await bakery.receive(client, siteId, delivered);
  return {
    id: newId(),
    purpose: "supplier_invoice",
    fileName: "invoice.jpg",
    contentType: "image/jpeg",
    bytes,
    attachTo: { receiptId: receipt.id },
  };
}

/** Files of people's; not part of the books. */
export const uploadCommands: readonly TestCommand[] = [
  command("upload announced", "announceUpload", async (kitchen) =>
    post("/uploads", await newInvoice(kitchen)),
  ),
  command("upload deleted", "deleteUpload", async (kitchen) => {
    const { id } = await bakery.make(kitchen.client, "/uploads", await newInvoice(kitchen));
    return remove(`/uploads/${id}`);
  }),
];
