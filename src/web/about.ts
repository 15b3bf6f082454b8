import { cookieName } from "#platform/cookies.ts";
import type { SecuritySchemes, Tag } from "#platform/http/openapi.ts";

/** What the API document says of itself. */
export const about = {
  info: {
    title: "Banneton",
    version: "1.0.0",
    description: [
      "The operations platform for bakeries: exact stock, costs, recipes, production and the till.",
      "Decimals are strings, instants RFC 3339 in UTC, ids UUIDs.",
      "Every failure is a problem document (RFC 9457).",
    ].join(" "),
    contact: { name: "Banneton", url: "https://banneton.example" },
    license: { name: "Apache 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
  },
  servers: [{ url: "/", description: "This server" }],
};

/** How callers show who they are; the names of cookies depend on where Banneton is reached. */
export function securitySchemes(publicUrl: string): SecuritySchemes {
  const cookie = (name: string, description: string) =>
    ({ type: "apiKey", in: "cookie", name: cookieName(publicUrl, name), description }) as const;
  return {
    bearer: {
      type: "http",
      scheme: "bearer",
      description: "An API key (bnt_key_…), or the key of a paired till (bnt_till_…).",
    },
    session: cookie("session", "A person who is signed in."),
    till: cookie("till", "A paired till in a browser."),
  };
}

export const tags: Tag[] = [
  {
    name: "Settings",
    description: "What holds for the whole company: currency, locale, tax rates.",
  },
  { name: "Sites", description: "Shops and kitchens, and the tills that stand there." },
  {
    name: "Accounts",
    description: "People who sign in: sessions, second factors, invitations, roles by site.",
  },
  {
    name: "Keys",
    description: "API keys of programs: what they may do, where, and until when.",
  },
  {
    name: "Tills",
    description: "Devices paired with tills, who works on them by PIN, and what is approved there.",
  },
  { name: "Catalog", description: "Items, their packs and categories, and the suppliers." },
  { name: "Stock", description: "Receipts, waste and counts, and the ledger they are written to." },
  {
    name: "Recipes",
    description: "How items are made: versions, scaling, cost and what stock allows.",
  },
  { name: "Production", description: "Runs: what was used, what came out, and what it cost." },
  { name: "Sales", description: "What the tills ring up: stock, cost, tax and payment in one." },
  {
    name: "Recalls",
    description: "Where a lot went and what it was made of, and the drill of a recall.",
  },
  { name: "Reports", description: "Numbers by day, computed from the books after they changed." },
  { name: "Imports", description: "Files of other systems, brought in line by line." },
  { name: "Uploads", description: "Pictures, invoices and files to import, looked at before use." },
  { name: "Alerts", description: "What somebody should see to: opened once, closed by itself." },
  { name: "Webhooks", description: "Other servers that are told of alerts and events, signed." },
  { name: "Audit", description: "Who did what to which record, sealed so that a change shows." },
  { name: "Health", description: "Is the process alive, and should it get requests?" },
];
