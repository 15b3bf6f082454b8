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
import { Email, Membership, Memberships, NewPassword, PersonName, siteExample } from "./parts.ts";

export const Account = Strict(
  {
    id: Id(),
    name: PersonName,
    email: Email,
    memberships: Type.Array(Membership, {
      description: "Roles at the sites whose people the caller may read",
    }),
    secondFactor: Type.Boolean({ description: "Whether a second factor is on" }),
    archived: Type.Boolean({ description: "Deactivated" }),
    version: Version,
  },
  { description: "A person who can sign in" },
);
export type Account = Static<typeof Account>;

export const AccountPage = PageOf(Account, "Accounts, oldest first");
export type AccountPage = Static<typeof AccountPage>;

export const AccountPatch = Strict(
  { name: Type.Optional(PersonName), memberships: Type.Optional(Memberships) },
  {
    minProperties: 1,
    description: "What to change; memberships replace all there were",
    examples: [{ memberships: [{ role: "manager", siteId: siteExample }] }],
  },
);
export type AccountPatch = Static<typeof AccountPatch>;

const memberships = [{ role: "baker", siteId: siteExample }];

export const NewInvitation = Strict(
  { email: Email, memberships: Memberships },
  {
    description: "Whom to invite, and what they shall be",
    examples: [{ email: "ada@bakery.example", memberships }],
  },
);
export type NewInvitation = Static<typeof NewInvitation>;

const invitation = {
  id: Id(),
  email: Nullable(Email),
  memberships: Type.Array(Membership, { description: "Roles by site" }),
  state: Word(["open", "accepted", "revoked", "expired"], "Whether it can be accepted"),
  createdAt: InstantOut("When it was made"),
  expiresAt: InstantOut("Until when it can be accepted"),
  personId: Nullable(Id("Who accepted it")),
};

export const Invitation = Strict(invitation, { description: "An invitation, without its link" });
export type Invitation = Static<typeof Invitation>;

export const InvitationMade = Strict(
  {
    ...invitation,
    link: Type.String({
      description: "The link to hand over; it is shown this once",
      examples: ["https://bakery.example/invitations/Xq3"],
    }),
  },
  { description: "A new invitation and its link" },
);
export type InvitationMade = Static<typeof InvitationMade>;

export const InvitationPage = PageOf(Invitation, "Invitations, oldest first");
export type InvitationPage = Static<typeof InvitationPage>;

export const Acceptance = Strict(
  {
    token: Type.String({
      minLength: 20,
      maxLength: 100,
      pattern: "^[A-Za-z0-9_-]+$",
      description: "The last part of the link",
      examples: ["mJ0rXq3uV8Zk2yTnB5cWd7fGh9LpQs1aE4iOe6RtYxA"],
    }),
    name: PersonName,
    email: Type.Optional(Email),
    password: NewPassword,
  },
  {
    description: "The link's secret, a name and a password; the address only for the first owner",
    examples: [
      {
        token: "mJ0rXq3uV8Zk2yTnB5cWd7fGh9LpQs1aE4iOe6RtYxA",
        name: "Ada Baker",
        password: "four loaves at dawn",
      },
    ],
  },
);
export type Acceptance = Static<typeof Acceptance>;
