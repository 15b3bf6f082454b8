import { textKey } from "#platform/page.ts";
import type { MaterialDay, PaymentDay, ProductionDay, SellOut, WasteDay } from "../model/stock.ts";
import { camel, decimalOf, type Report } from "./list.ts";
import { byDay, byItem, bySite, dayKeys, itemKeys, listing, ofDay, ofItem } from "./sales.ts";

const joined = `${bySite} ${byItem} ${byDay}`;
const computedAt = `d.computed_at as "computedAt"`;

const waste: Report<WasteDay> = {
  name: "reports_waste",
  columns: () => `${ofDay}, ${ofItem}, ${decimalOf("r.wasted_quantity")} as quantity,
    ${decimalOf("r.wasted_value")} as value, ${computedAt}`,
  from: `reports.stock r ${joined}`,
  condition: "(r.wasted_quantity <> 0 or r.wasted_value <> 0)",
  keys: itemKeys,
};

const causes = ["used", "ordered", "wasted", "counted", "received", "made", "sold", "transferred"];
const flows = [
  ...causes.flatMap((cause) => [`${cause}_quantity`, `${cause}_value`]),
  "corrected_value",
];

const materials: Report<MaterialDay> = {
  name: "reports_materials",
  columns: () => `${ofDay}, ${ofItem},
    ${flows.map((flow) => `${decimalOf(`r.${flow}`)} as "${camel(flow)}"`).join(", ")},
    ${computedAt}`,
  from: `reports.stock r ${joined}`,
  keys: itemKeys,
};

const production: Report<ProductionDay> = {
  name: "reports_production",
  columns: () => `${ofDay}, ${ofItem}, r.runs, ${decimalOf("r.expected")} as expected,
    ${decimalOf("r.made")} as made, ${decimalOf("r.lost")} as lost,
    ${decimalOf("r.cost")} as cost, ${decimalOf("r.lost_value")} as "lostValue", ${computedAt}`,
  from: `reports.production r ${joined}`,
  keys: itemKeys,
};

const payments: Report<PaymentDay> = {
  name: "reports_payments",
  columns: (money) => `${ofDay}, r.method, ${money("r.taken")} as taken,
    ${money("r.refunded")} as refunded, ${money("r.taken - r.refunded")} as net, ${computedAt}`,
  from: `reports.payments r ${bySite} ${byDay}`,
  keys: [...dayKeys, { column: "r.method", form: textKey, of: (row) => row.method }],
};

const sellOuts: Report<SellOut> = {
  name: "reports_sell_outs",
  columns: () => `${ofDay}, ${ofItem}, r.sold_out_at as "soldOutAt", ${computedAt}`,
  from: `reports.sell_outs r ${joined}`,
  keys: itemKeys,
};

export const listWaste = listing(waste);
export const listMaterials = listing(materials);
export const listProduction = listing(production);
export const listPayments = listing(payments);
export const listSellOuts = listing(sellOuts);
