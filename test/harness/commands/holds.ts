import * as bakery from "../bakery.ts";
import { type Kitchen, lotsOf, makeDough } from "../kitchen.ts";
import { command, post, type TestCommand } from "./command.ts";

/** The first flour lot, some dough made of it, and a hold on it or none: a kitchen serves many tries. */
async function flourLot(kitchen: Kitchen, wanted: "held" | "free"): Promise<string> {
  const [lotId = ""] = await lotsOf(kitchen, kitchen.flour);
  const act = (verb: string) =>
    bakery.make(kitchen.client, `/stock/lots/${lotId}/${verb}`, { reason: "glass" });
  const { isHeld } = await bakery.read(kitchen.client, `/stock/lots/${lotId}`);
  if (isHeld) await act("release");
  await makeDough(kitchen, "0.3");
  if (wanted === "held") await act("hold");
  return lotId;
}

/** What stops lots and frees them. */
export const holdCommands: readonly TestCommand[] = [
  command("hold of a lot and what was made of it", "holdLot", async (kitchen) =>
    post(`/stock/lots/${await flourLot(kitchen, "free")}/hold`, { reason: "glass" }),
  ),
  command("release of a lot", "releaseLot", async (kitchen) =>
    post(`/stock/lots/${await flourLot(kitchen, "held")}/release`, { reason: "cleared" }),
  ),
];
