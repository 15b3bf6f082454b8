import {
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Type,
  Version,
  Word,
} from "#platform/schema.ts";
import { webhookKinds } from "./rules.ts";

const url = Type.String({
  minLength: 1,
  maxLength: 2_000,
  pattern: "^https?://[\\x21-\\x7e]+$",
  description:
    "Where it is told: https, at a public address. It may hold a secret of the receiver's",
  examples: ["https://hooks.example/banneton"],
});
const kinds = Type.Array(Word(webhookKinds, "What happened"), {
  minItems: 1,
  maxItems: webhookKinds.length,
  uniqueItems: true,
  description: "What it is told of",
  examples: [["alert.opened", "alert.closed"]],
});
const sites = (description: string) =>
  Type.Array(Id("A site"), { minItems: 1, maxItems: 200, uniqueItems: true, description });

export const NewWebhook = Strict(
  {
    id: Type.Optional(Id()),
    url,
    kinds,
    siteIds: Type.Optional(
      sites("Only of these sites; without it of every site and the whole company"),
    ),
  },
  {
    description: "A webhook to add",
    examples: [{ url: url.examples[0], kinds: ["alert.opened", "alert.closed"] }],
  },
);
export type NewWebhook = Static<typeof NewWebhook>;

export const WebhookPatch = Strict(
  {
    url: Type.Optional(url),
    kinds: Type.Optional(kinds),
    siteIds: Type.Optional(Nullable(sites("Only of these sites; null is all"))),
    isEnabled: Type.Optional(Type.Boolean({ description: "Whether it is told anything" })),
  },
  { description: "What to change", examples: [{ isEnabled: true }] },
);
export type WebhookPatch = Static<typeof WebhookPatch>;

const fields = {
  id: Id(),
  url,
  kinds: Type.Array(Type.String(), { description: "What it is told of" }),
  siteIds: Nullable(Type.Array(Id("A site"), { description: "Only of these; null is all" })),
  isEnabled: Type.Boolean({ description: "Whether it is told anything" }),
  disabledReason: Nullable(
    Type.String({
      description: "`off`: switched off; `failing`: for days; `gone`: it said so",
      examples: ["failing"],
    }),
  ),
  failingSince: Nullable(InstantOut("The first failure since the last success")),
  previousUntil: Nullable(InstantOut("Until then the secret before signs too")),
  createdBy: Type.String({ description: "Who added it", examples: [Id().examples[0]] }),
  createdAt: InstantOut("When it was added"),
  version: Version,
};

export const Webhook = Strict(fields, { description: "A webhook, without its secret" });
export type Webhook = Static<typeof Webhook>;

export const IssuedWebhook = Strict(
  {
    ...fields,
    secret: Type.String({
      description: "Signs by Standard Webhooks, HMAC-SHA256: shown this once",
      examples: ["whsec_c2VjcmV0IG9mIGEgcmVjZWl2ZXIsIDMyIGJ5dGVz"],
    }),
  },
  { description: "A webhook with its new secret" },
);
export type IssuedWebhook = Static<typeof IssuedWebhook>;

export const WebhookPage = PageOf(Webhook, "Webhooks, oldest first");
export type WebhookPage = Static<typeof WebhookPage>;

export const Delivery = Strict(
  {
    id: Id(),
    webhookId: Id("The webhook"),
    messageId: Type.String({ description: "The header webhook-id, the same at each try" }),
    kind: Type.String({ description: "What happened", examples: ["alert.opened"] }),
    body: Type.String({ description: "What is sent, as JSON" }),
    state: Word(["waiting", "delivered", "dead"], "Dead: not tried any more"),
    attempts: Type.Integer({ minimum: 0, description: "How often it was tried" }),
    nextTryAt: Nullable(InstantOut("When it is tried next")),
    lastStatus: Nullable(Type.Integer({ description: "The HTTP status answered last" })),
    lastProblem: Nullable(
      Type.String({ description: "Why it failed last", examples: ["timeout"] }),
    ),
    createdAt: InstantOut("When it was written"),
    deliveredAt: Nullable(InstantOut("When it arrived")),
  },
  { description: "One message to one webhook" },
);
export type Delivery = Static<typeof Delivery>;

export const DeliveryPage = PageOf(Delivery, "Deliveries, newest first");
export type DeliveryPage = Static<typeof DeliveryPage>;

/** The job that makes a try. */
export const DeliveryJob = Strict({ deliveryId: Type.String() });

/** An event as the worker hands it on. */
export const HeardEvent = Strict({
  id: Type.String(),
  type: Type.String(),
  siteId: Nullable(Type.String()),
  businessDate: Nullable(Type.String()),
  subjectId: Type.String(),
  payload: Type.Record(Type.String(), Type.Unknown()),
  recordedAt: Type.String(),
});
export type HeardEvent = Static<typeof HeardEvent>;
