import { newId } from "#platform/id.ts";
import { type Fault, testFaults } from "../../../test/harness/faulty-books.ts";

/** Value that appears everywhere at once: movement, allocation, layer and balance agree. */
const withValue = (where: string, by: string, ...values: unknown[]) =>
  [
    ["movements", `update stock.movements m set value = value + ${by} where ${where}`, ...values],
    [
      "allocations",
      `update stock.allocations a set value = a.value + ${by} from stock.movements m
       where m.id = a.movement_id and ${where}`,
      ...values,
    ],
    [
      "layers",
      `update stock.layers l set value = l.value + ${by}
       from stock.allocations a, stock.movements m
       where l.id = a.layer_id and a.movement_id = m.id and ${where}`,
      ...values,
    ],
    [
      "balances",
      `update stock.balances b set value = b.value + ${by} from stock.movements m
       where b.item_id = m.item_id and b.site_id = m.site_id and ${where}`,
      ...values,
    ],
  ] as const;

const ofSale = "m.source_line_id = $1 and m.type";

const faults: readonly Fault[] = [
  {
    name: "a layer that is younger than what was carried",
    changes: ({ arrived }) => [
      [
        "layers",
        "update stock.layers set effective_at = effective_at - interval '1 hour' where id = $1",
        arrived,
      ],
    ],
    table: "stock.genealogy",
    problem: /another lot or age/,
  },
  {
    name: "a layer that arrived before it was carried",
    changes: ({ arrived }) => [
      [
        "layers",
        "update stock.layers set arrived_at = arrived_at - interval '1 hour' where id = $1",
        arrived,
      ],
    ],
    table: "stock.movements",
    problem: /bring in/,
  },
  {
    name: "a transfer without its edge",
    changes: ({ arrived }) => [
      ["genealogy", "delete from stock.genealogy where produced_layer_id = $1", arrived],
    ],
    table: "stock.genealogy",
    problem: /edges/,
  },
  {
    name: "a transfer whose edge leads to a layer of its own site",
    changes: ({ arrived, layers }) => [
      [
        "genealogy",
        "update stock.genealogy set produced_layer_id = $2 where produced_layer_id = $1",
        arrived,
        layers[2],
      ],
    ],
    table: "stock.genealogy",
    problem: /did not bring/,
  },
  {
    name: "more value arriving than was sent, its own site agreeing",
    changes: ({ transfer, arrived }) => [
      ...withValue("m.source_id = $1 and m.type = 'transfer_in'", "1", transfer),
      ["layers", "update stock.layers set value_in = value_in + 1 where id = $1", arrived],
    ],
    table: "stock.movements",
    problem: /than its transfer took/,
  },
  {
    name: "a refund of a line that took nothing",
    changes: ({ saleLine }) => [
      [
        "movements",
        `update stock.movements m set source_line_id = $2 where ${ofSale} = 'refund'`,
        saleLine,
        newId(),
      ],
    ],
    table: "stock.allocations",
    problem: /more than its line took/,
  },
  {
    name: "a refund worth a millionth more than its line has not got back",
    changes: ({ saleLine }) =>
      withValue(`${ofSale} = 'refund' and m.quantity = 0.5`, "0.000001", saleLine),
    table: "stock.allocations",
    problem: /has not got back/,
  },
  {
    name: "a write-off without its refund",
    changes: ({ saleLine }) => [
      [
        "movements",
        `update stock.movements m set source_id = $2 where ${ofSale} = 'refund_waste'`,
        saleLine,
        newId(),
      ],
    ],
    table: "stock.movements",
    problem: /what its refund gave back/,
  },
  {
    name: "a receipt's reversal out of the layer of another line",
    changes: ({ receiptLines }) => [
      [
        "movements",
        `update stock.movements m set source_line_id = $2
         where m.source_line_id = $1 and m.type = 'receipt_reversal'`,
        receiptLines[2],
        receiptLines[1],
      ],
    ],
    table: "stock.allocations",
    problem: /order|eligible/,
  },
  {
    name: "a reversal of another kind than its original",
    changes: ({ wasteId }) => [
      [
        "movements",
        "update stock.movements set type = 'count_reversal' where source_id = $1 and reverses is not null",
        wasteId,
      ],
    ],
    table: "stock.movements",
    problem: /not of its kind/,
  },
  {
    name: "stock that was less than nothing for an hour",
    changes: ({ wasteId }) => [
      [
        "movements",
        `update stock.movements set effective_at = effective_at + interval '1 hour'
         where source_id = $1 and reverses is not null`,
        wasteId,
      ],
    ],
    table: "stock.balances",
    problem: /less than nothing/,
  },
];

testFaults("verify of transfers, refunds and reversals", faults);
