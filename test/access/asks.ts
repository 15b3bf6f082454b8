import type { Permission } from "#modules/access/index.ts";

/** What an operation asks of who sends it; written by hand, never read from the code. */
export type Asks =
  /** Anybody may, for this reason. */
  | { readonly open: string }
  | {
      readonly permissions: readonly Permission[];
      /**
       * `site`: at the site of the record or the command. `anywhere`: for reading what all sites
       * share. `company`: at every site, for changing that.
       */
      readonly where: "site" | "anywhere" | "company";
    };

export type Oracle = Readonly<Record<string, Asks>>;

export const open = (why: string): Asks => ({ open: why });

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
  const words = { site: "at the site", anywhere: "at any site", company: "at every site" };
  return `${asks.permissions.join(" and ")} ${words[asks.where]}`;
}
