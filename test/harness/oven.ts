import * as bakery from "./bakery.ts";
import type { TestClient } from "./client.ts";

interface Refused {
  readonly body: {
    readonly code: string;
    readonly errors: readonly { readonly pointer: string }[];
  };
}

export interface Oven {
  readonly siteId: string;
  readonly tillId: string;
  /** kg, 100 on hand at 1.00. */
  readonly flour: string;
  /** Pieces, none on hand. */
  readonly loaf: string;
  /** 50 loaves of 100 kg. */
  readonly recipeId: string;
}

/** 100 kg of flour at 1.00 and a loaf of 2 kg of it, 50 at a time. */
export async function openOven(
  client: bakery.Asking,
  loafFields: object = {},
  recipeFields: object = {},
): Promise<Oven> {
  const { siteId, tillIds } = await bakery.openShop(client);
  const flour = await bakery.addItem(client);
  const loaf = await bakery.addItem(client, { kind: "product", unit: "piece", ...loafFields });
  await bakery.receive(client, siteId, [{ itemId: flour, quantity: "100", totalCost: "100.00" }]);
  const recipe = await bakery.make(client, "/recipes", {
    itemId: loaf,
    yield: { quantity: "50", unit: "piece" },
    ingredients: [kg(flour, "100")],
    ...recipeFields,
  });
  return { siteId, tillId: tillIds[0] ?? "", flour, loaf, recipeId: recipe.id as string };
}

export const kg = (itemId: string, quantity: string) => ({ itemId, quantity, unit: "kg" });

export function bake(client: TestClient, body: object, headers = bakery.key()) {
  return client.post("/production-runs", body, headers);
}

export function reverseRun(client: TestClient, id: string, headers = bakery.key()) {
  return client.post(`/production-runs/${id}/reverse`, { reason: "twice" }, headers);
}

/** The code of a problem and the pointers of its fields. */
export const codeOf = ({ body }: Refused): readonly string[] => [
  body.code,
  ...body.errors.map((each) => each.pointer),
];
