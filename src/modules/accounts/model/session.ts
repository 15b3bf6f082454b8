import { permissionNames } from "#modules/access/index.ts";
import {
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Type,
  Word,
} from "#platform/schema.ts";
import { Email, GivenPassword, Membership, NewPassword, PersonName } from "./parts.ts";

const password = "four loaves at dawn";

export const Credentials = Strict(
  { email: Email, password: GivenPassword },
  {
    description: "Who signs in",
    examples: [{ email: "ada@bakery.example", password }],
  },
);
export type Credentials = Static<typeof Credentials>;

export const SignInState = Strict(
  {
    status: Word(
      ["signed_in", "second_factor_required"],
      "Whether the session cookie is set, or a code is asked for within ten minutes",
    ),
  },
  { description: "How far the sign-in is" },
);
export type SignInState = Static<typeof SignInState>;

export const SecondFactorCode = Strict(
  {
    code: Type.String({
      pattern: "^\\s*[0-9A-Za-z -]{6,20}\\s*$",
      description: "Six digits of the authenticator app, or one of the backup codes",
      examples: ["287082"],
    }),
  },
  { description: "The second factor" },
);
export type SecondFactorCode = Static<typeof SecondFactorCode>;

export const PasswordProof = Strict(
  { password: GivenPassword },
  { description: "The password once more", examples: [{ password }] },
);
export type PasswordProof = Static<typeof PasswordProof>;

export const PasswordChange = Strict(
  { currentPassword: GivenPassword, newPassword: NewPassword },
  {
    description: "The password as it is and as it shall be",
    examples: [{ currentPassword: password, newPassword: "five loaves at dusk" }],
  },
);
export type PasswordChange = Static<typeof PasswordChange>;

export const SecondFactorSetup = Strict(
  {
    uri: Type.String({
      description: "For the authenticator app, as a link or a QR code; shown once",
      examples: ["otpauth://totp/Banneton:ada%40bakery.example?secret=JBSWY3DP&issuer=Banneton"],
    }),
    backupCodes: Type.Array(Type.String({ examples: ["a1b2c-3d4e5"] }), {
      description: "Each opens once in place of the app; shown once",
    }),
  },
  { description: "A second factor that waits for its first code" },
);
export type SecondFactorSetup = Static<typeof SecondFactorSetup>;

export const GoogleStart = Strict(
  {
    url: Type.String({
      description: "Where to send the browser",
      examples: ["https://accounts.google.com/o/oauth2/v2/auth?client_id=banneton"],
    }),
  },
  { description: "The way to sign in with Google" },
);
export type GoogleStart = Static<typeof GoogleStart>;

const PermissionsAt = Strict(
  {
    siteId: Nullable(Id("The site; null: all of them, and the company")),
    permissions: Type.Array(Word(permissionNames, "What may be done there")),
  },
  { description: "What may be done at a site" },
);

export const Me = Strict(
  {
    kind: Word(["person", "key", "till", "system"], "A person, a program, or a till"),
    id: Type.String({ description: "The id of the person, the key or the till's device" }),
    person: Nullable(
      Strict({ id: Id(), name: PersonName, email: Email }, { description: "Who it is" }),
    ),
    memberships: Type.Array(Membership, { description: "Roles by site; a key has none" }),
    grants: Type.Array(PermissionsAt, { description: "What may be done, by site" }),
    secondFactor: Type.Boolean({ description: "Whether a second factor is on" }),
  },
  { description: "Who asks, and what they may do" },
);
export type Me = Static<typeof Me>;

export const OwnSession = Strict(
  {
    id: Id(),
    isCurrent: Type.Boolean({ description: "The one that asks" }),
    startedAt: InstantOut("When it was signed in"),
    lastSeenAt: InstantOut("When it was used last, to the minute"),
    address: Nullable(
      Type.String({ description: "From which address", examples: ["198.51.100.7"] }),
    ),
    userAgent: Nullable(
      Type.String({ description: "With which browser", examples: ["Mozilla/5.0"] }),
    ),
  },
  { description: "Where one is signed in" },
);
export type OwnSession = Static<typeof OwnSession>;

export const OwnSessionPage = PageOf(OwnSession, "Own sessions, oldest first");
export type OwnSessionPage = Static<typeof OwnSessionPage>;
