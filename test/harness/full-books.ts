import * as bakery from "./bakery.ts";

/** Books with one of everything that moves between sites, comes back or is corrected. */
export interface FullBooks {
  readonly here: string;
  readonly there: string;
  readonly flour: string;
  /** Came, was thrown away, came back and was sold. */
  readonly eggs: string;
  /** Of flour, in the order of the receipt. */
  readonly layers: readonly string[];
  readonly receiptLines: readonly string[];
  readonly transfer: string;
  readonly arrived: string;
  readonly sale: string;
  readonly saleLine: string;
  readonly correction: string;
  readonly voided: string;
  readonly wasteId: string;
  readonly shortLine: string;
}

export async function keepFullBooks(client: bakery.Asking): Promise<FullBooks> {
  const make = (path: string, body: object) => bakery.make(client, path, { ...body });
  const shop = await bakery.openShop(client);
  const here = shop.siteId;
  const there = (await bakery.openShop(client)).siteId;
  const flour = await bakery.addItem(client);
  const eggs = await bakery.addItem(client);
  const came = [
    { itemId: flour, quantity: "3", totalCost: "10" },
    { itemId: flour, quantity: "7", totalCost: "20" },
    { itemId: flour, quantity: "4", totalCost: "8" },
    { itemId: eggs, quantity: "2", totalCost: "3" },
  ];
  const receipt = await bakery.receive(client, here, came);
  const [first, second, third] = receipt.lines;
  const transfer = await make("/transfers", {
    fromSiteId: here,
    toSiteId: there,
    lines: [{ itemId: flour, quantity: "2" }],
  });
  const sell = (quantity: string) => bakery.sell(client, here, [{ itemId: flour, quantity }]);
  const sale = await sell("2");
  const [line] = sale.lines;
  for (const [quantity, disposition] of [
    ["0.5", "restock"],
    ["0.7", "waste"],
  ]) {
    const lines = [{ lineId: line.id, quantity, disposition }];
    await make(`/sales/${sale.id}/refunds`, { reason: "dark", lines });
  }
  const voided = await sell("3");
  const correction = await make(`/receipts/${receipt.id}/price-corrections`, {
    lines: [
      { lineId: first.id, totalCost: "13.33" },
      { lineId: second.id, totalCost: "25" },
    ],
  });
  await make(`/sales/${voided.id}/void`, { reason: "by mistake" });
  await make(`/receipts/${receipt.id}/reverse`, { lines: [{ lineId: third.id, quantity: "1.5" }] });
  await make(`/stock/lots/${second.lotId}/hold`, { reason: "glass" });
  await sell("1");
  await make(`/stock/lots/${second.lotId}/release`, {});
  const waste = { siteId: here, reason: "dropped", lines: [{ itemId: eggs, quantity: "2" }] };
  const { id: wasteId } = await make("/stock/waste", waste);
  await make(`/stock/waste/${wasteId}/reverse`, {});
  const bought = [{ itemId: eggs, quantity: "5" }];
  const atTill = { tillId: shop.tillIds[0], onShort: "record" };
  const short = await bakery.sell(client, here, bought, atTill);
  const shortLine = short.lines[0].id;
  const lines = [{ lineId: shortLine, quantity: "1", disposition: "waste" }];
  await make(`/sales/${short.id}/refunds`, { reason: "none left", lines });
  return {
    here,
    there,
    flour,
    eggs,
    layers: [first.layerId, second.layerId, third.layerId],
    receiptLines: [first.id, second.id, third.id],
    transfer: transfer.id,
    arrived: transfer.lines[0].moved[0].toLayerId,
    sale: sale.id,
    saleLine: line.id,
    correction: correction.id,
    voided: voided.id,
    wasteId,
    shortLine,
  };
}
