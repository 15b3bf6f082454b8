import { newId } from "#platform/id.ts";
import { type Fault, testFaults } from "../../../test/harness/faulty-books.ts";

const faults: readonly Fault[] = [
  {
    name: "a late price that adds up to more than its difference",
    changes: ({ correction }) => [
      [
        "cost_adjustments",
        "update stock.cost_adjustments set value = value + 1 where correction_id = $1",
        correction,
      ],
    ],
    table: "stock.price_corrections",
    problem: /another value/,
  },
  {
    name: "a correction that says another sum than its parts",
    changes: ({ correction }) => [
      [
        "price_corrections",
        "update stock.price_corrections set sale_value = sale_value - 0.01 where id = $1",
        correction,
      ],
    ],
    table: "stock.price_corrections",
    problem: /sales/,
  },
  {
    name: "value that a layer got for nothing",
    changes: ({ correction }) => [
      [
        "movements",
        "update stock.movements set source_id = $2 where source_id = $1 and type = 'adjustment'",
        correction,
        newId(),
      ],
    ],
    table: "stock.movements",
    problem: /no late price/,
  },
  {
    name: "a void that takes back more of a late price than the layer got",
    changes: ({ voided }) => [
      [
        "cost_adjustments",
        "update stock.cost_adjustments set value = value - 1 where source_id = $1 and correction_id is null",
        voided,
      ],
    ],
    table: "stock.cost_adjustments",
    problem: /takes back/,
  },
  {
    name: "a layer that is held though its hold ended",
    changes: ({ layers }) => [
      ["layers", "update stock.layers set is_held = true where id = $1", layers[1]],
    ],
    table: "stock.layers",
    problem: /held/,
  },
  {
    name: "an issue that passed over a layer that was not held",
    changes: ({ layers }) => [
      ["layer_holds", "delete from stock.layer_holds where layer_id = $1", layers[1]],
    ],
    table: "stock.allocations",
    problem: /first eligible/,
  },
  {
    name: "an issue from a layer that was held",
    changes: ({ layers }) => [
      [
        "layer_holds",
        "update stock.layer_holds set seq = 1 where layer_id = $1 and is_held",
        layers[1],
      ],
    ],
    table: "stock.allocations",
    problem: /eligible/,
  },
  {
    name: "a shortfall that was cancelled by more than its rows",
    changes: ({ shortLine }) => [
      [
        "shortfall_cancellations",
        `update stock.shortfall_cancellations set quantity = quantity - 0.5
         where shortfall_id in (select id from stock.shortfalls where source_line_id = $1)`,
        shortLine,
      ],
    ],
    table: "stock.shortfalls",
    problem: /cancelled/,
  },
  {
    name: "a movement that goes the wrong way",
    changes: ({ transfer }) => [
      [
        "movements",
        "update stock.movements set type = 'refund' where source_id = $1 and type = 'transfer_out'",
        transfer,
      ],
    ],
    table: "stock.movements",
    problem: /wrong way/,
  },
];

testFaults("verify of late prices, holds and shortfalls", faults);
