/**
 * Every permission, with what it allows. `company` ones are about records that all sites share: to
 * change those takes a role at every site.
 */
export const permissions = {
  "settings.read": "Read the company's settings and tax rates",
  "settings.change": "Change the company's settings and tax rates",
  "sites.read": "Read sites and tills",
  "sites.change": "Open, change and archive sites",
  "tills.change": "Add, change and archive tills; pair and unpair their devices",
  "periods.read": "Read which periods were closed and reopened",
  "periods.close": "Close periods",
  "periods.reopen": "Reopen closed periods",
  "catalog.read": "Read items, packs, categories and suppliers",
  "catalog.change": "Change items with their prices, packs, categories and suppliers",
  "costs.read": "See costs, values and margins",
  "stock.read": "Read stock, its ledger and its documents",
  "stock.receive": "Record deliveries",
  "stock.waste": "Record waste",
  "stock.count": "Record counts",
  "stock.transfer": "Transfer stock between sites",
  "stock.hold": "Hold and release lots",
  "stock.reverse": "Reverse receipts, waste and counts",
  "stock.correct_price": "Correct prices late",
  "stock.verify": "Verify the ledger",
  "stock.backdate": "Date commands further back than seven days",
  "recipes.read": "Read recipes, scale them and see what can be made",
  "recipes.change": "Change recipes",
  "production.read": "Read production runs",
  "production.record": "Record production runs",
  "production.reverse": "Reverse production runs",
  "sales.read": "Read sales and refunds",
  "sales.ring_up": "Ring up sales",
  "sales.void": "Void sales",
  "sales.refund": "Refund sales",
  "recalls.read": "Trace lots and drill recalls",
  "reports.read": "Read reports: sales, waste, production, stock",
  "reports.rebuild": "Compute reports anew",
  "stats.read": "See how Banneton itself is doing",
  "imports.read": "Read imports",
  "imports.record":
    "Import files of other systems, with the items and recipes that are new in them",
  "uploads.read": "Read pictures and files of what one may read; invoices with costs.read",
  "uploads.add": "Upload files for what one may change, and delete them",
  "accounts.read": "Read people, their roles and invitations",
  "accounts.change": "Invite people, change their roles, deactivate them",
  "keys.read": "Read API keys, never their secrets",
  "keys.change": "Issue and revoke API keys",
  "audit.read": "Read the audit",
  "alerts.read": "Read alerts",
  "alerts.acknowledge": "Acknowledge alerts",
  "webhooks.read": "Read webhooks and what they were sent",
  "webhooks.change": "Add, change and remove webhooks",
} as const;

export type Permission = keyof typeof permissions;

export const permissionNames = Object.keys(permissions) as readonly Permission[];

export const roleNames = ["owner", "manager", "baker", "cashier", "accountant", "auditor"] as const;

export type Role = (typeof roleNames)[number];

// A webhook's URL may hold a secret of whoever receives it.
const ofOwners: readonly Permission[] = ["webhooks.read", "webhooks.change"];
const reading = permissionNames.filter(
  (name) => name.endsWith(".read") && !ofOwners.includes(name),
);
const everyone: readonly Permission[] = [
  "settings.read",
  "sites.read",
  "catalog.read",
  "uploads.read",
];

/** What each role may do at the sites it is given for. The table of docs/roles.md is made of it. */
export const roles: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissionNames,
  manager: permissionNames.filter(
    (name) => !["settings.change", "periods.reopen", "audit.read", ...ofOwners].includes(name),
  ),
  baker: [
    ...everyone,
    "stock.read",
    "stock.receive",
    "stock.waste",
    "stock.count",
    "stock.transfer",
    "stock.hold",
    "uploads.add",
    "recipes.read",
    "production.read",
    "production.record",
    "production.reverse",
    "recalls.read",
    "alerts.read",
  ],
  cashier: [...everyone, "stock.read", "stock.waste", "sales.read", "sales.ring_up", "alerts.read"],
  accountant: [
    ...everyone,
    "periods.read",
    "periods.close",
    "costs.read",
    "stock.read",
    "stock.verify",
    "production.read",
    "recipes.read",
    "sales.read",
    "imports.read",
    "reports.read",
  ],
  auditor: [...reading, "stock.verify"],
};
