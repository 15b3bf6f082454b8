/** Bounds of a password, in characters; any are allowed. */
export const passwordLengthMin = 12;
export const passwordLengthMax = 128;

/** Why a password will not do, or undefined if it will. */
export type PasswordFlaw = "common" | "personal";

/** Whose password it shall be, and what the bakery's places are called. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly siteNames: readonly string[];
}

const productName = "Banneton";

/** Judges a new password of somebody by the passwords that everybody tries first. */
export function flawOf(
  password: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): PasswordFlaw | undefined {
  const lower = password.normalize("NFKC").toLowerCase();
  if (isPersonal(lower, owner)) return "personal";
  const forms = [lower, lower.replace(/[^a-z]+$/, ""), repeatedPartOf(lower)];
  return forms.some((form) => common.has(form)) ? "common" : undefined;
}

/**
 * What everybody knows who knows the person: their name and address, the address's domain (mostly the
 * company's name), a site, this program; alone or repeated, with nothing but digits and signs added.
 */
function isPersonal(lower: string, { email, name, siteNames }: PasswordOwner): boolean {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}]/gu, "");
  const [box = "", domain = ""] = email.split("@");
  const words = [productName, name, email, box, domain, domain.split(".")[0] ?? "", ...siteNames];
  const known = new Set(words.map(bare).filter((word) => word !== ""));
  return known.has(repeatedPartOf(bare(lower)));
}

/** What a text repeats from end to end, or the text itself. */
function repeatedPartOf(text: string): string {
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}
