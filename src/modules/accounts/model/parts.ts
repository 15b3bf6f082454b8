import { roleNames } from "#modules/access/index.ts";
import { Id, Nullable, type Static, Strict, Text, Type, Word } from "#platform/schema.ts";
import { passwordLengthMax, passwordLengthMin } from "../rules/passwords.ts";

export const siteExample = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@<>"(),:;\\\\]+@[^\\s@<>"(),:;\\\\]+\\.[^\\s@<>"(),:;\\\\]+$',
  description: "An e-mail address; capitals do not matter",
  examples: ["ada@bakery.example"],
});

export const PersonName = Text(120, "Name, as others see it", "Ada Baker");

export const NewPassword = Type.String({
  minLength: passwordLengthMin,
  maxLength: passwordLengthMax,
  description: "A new password: 12 to 128 characters of any kind, not one that everybody tries",
  examples: ["four loaves at dawn"],
});

/** A password to compare: what it must be is not judged here. */
export const GivenPassword = Type.String({
  minLength: 1,
  maxLength: 256,
  description: "The password",
  examples: ["four loaves at dawn"],
});

export const Membership = Strict(
  {
    role: Word(roleNames, "What one may do"),
    siteId: Nullable(Id("At this site; null: at all of them, and for the company")),
  },
  { description: "A role at a site", examples: [{ role: "baker", siteId: siteExample }] },
);
export type Membership = Static<typeof Membership>;

export const Memberships = Type.Array(Membership, {
  minItems: 1,
  maxItems: 100,
  description: "Roles by site, one a site",
});
