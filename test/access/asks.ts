import type { Permission } from "#modules/access/index.ts";

/** What an operation asks of who sends it; written by hand, never read from the code. */
export type Asks =
  /** Anybody may, for this reason. */
  | { readonly open: string }
  /** Whoever is known, about themselves: of guests nothing is taken. Their own tests say the rest. */
  | { readonly self: string }
  | {
      readonly permissions: readonly Permission[];
      /**
       * `site`: at the site of the record or the command. `anywhere`: for reading what all sites
       * share. `company`: at every site, for changing that.
       */
      readonly where: "site" | "anywhere" | "company";
    };

export type Oracle = Readonly<Record<string, Asks>>;

export type Guarded = Extract<Asks, { readonly permissions: unknown }>;

/** What takes permissions; undefined for what does not. */
export function guardedOf(asks: Asks | undefined): Guarded | undefined {
  return asks !== undefined && "permissions" in asks ? asks : undefined;
}

export const open = (why: string): Asks => ({ open: why });

export const self = (why: string): Asks => ({ self: why });

export const atSite = (...permissions: readonly Permission[]): Asks => ({
  permissions,
  where: "site",
});

export const anywhere = (...permissions: readonly Permission[]): Asks => ({
  permissions,
  where: "anywhere",
});

export const companyWide = (...permissions: readonly Permission[]): Asks => ({
  permissions,
  where: "company",
});

/** In words, for the name of a test. */
export function sentenceOf(asks: Asks): string {
  if ("open" in asks) return `anybody: ${asks.open}`;
  if ("self" in asks) return `oneself: ${asks.self}`;
  const words = { site: "at the site", anywhere: "at any site", company: "at every site" };
  return `${asks.permissions.join(" and ")} ${words[asks.where]}`;
}
