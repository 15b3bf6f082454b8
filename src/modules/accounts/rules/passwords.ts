/** Bounds of a password, in characters; any are allowed. */
export const passwordLengthMin = 12;
export const passwordLengthMax = 128;

/** Why a password will not do, or undefined if it will. */
export type PasswordFlaw = "common" | "personal";

interface Owner {
  readonly email: string;
  readonly name: string;
}

/** Judges a new password of somebody by the passwords that everybody tries first. */
export function flawOf(
  password: string,
  owner: Owner,
  common: ReadonlySet<string>,
): PasswordFlaw | undefined {
  const lower = password.normalize("NFKC").toLowerCase();
  if (isPersonal(lower, owner)) return "personal";
  const forms = [lower, lower.replace(/[^a-z]+$/, ""), repeatedPartOf(lower)];
  return forms.some((form) => common.has(form)) ? "common" : undefined;
}

/** The person's own address or name, with nothing but digits and signs added. */
function isPersonal(lower: string, { email, name }: Owner): boolean {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}]/gu, "");
  const own = [email, email.split("@")[0] ?? "", name].map(bare).filter((text) => text !== "");
  return own.includes(bare(lower));
}

/** What a text repeats from end to end, or the text itself. */
function repeatedPartOf(text: string): string {
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}
