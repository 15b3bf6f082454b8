import {
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Version,
  Word,
} from "#platform/schema.ts";

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
const password = "four loaves at dawn";
const name = Text(120, "What the device is called", "Counter tablet");
const tillId = Id("The till");
const siteId = Id("The site the till stands at");
const Code = Type.String({
  minLength: 8,
  maxLength: 20,
  description: "The pairing code; case, hyphens and spaces do not matter",
  examples: ["7KQM-3XWA"],
});
const Pin = Type.String({
  pattern: "^\\d{4,8}$",
  description: "4 to 8 digits",
  examples: ["5290"],
});

export const NewPairing = Strict(
  { tillId, name },
  { description: "A till to pair a device with", examples: [{ tillId: example, name: "Tablet" }] },
);
export type NewPairing = Static<typeof NewPairing>;

export const Pairing = Strict(
  { id: Id(), tillId, siteId, code: Code, expiresAt: InstantOut("When the code ends") },
  { description: "A code that pairs one device, once" },
);
export type Pairing = Static<typeof Pairing>;

export const PairingCode = Strict(
  { code: Code },
  { description: "What the device was told", examples: [{ code: "7KQM-3XWA" }] },
);
export type PairingCode = Static<typeof PairingCode>;

export const PairedDevice = Strict(
  {
    deviceId: Id("The device"),
    tillId,
    siteId,
    key: Type.String({
      description: "The device's key: shown this once, kept nowhere",
      examples: [`bnt_till_${"x".repeat(43)}`],
    }),
  },
  { description: "A device as it was paired; browsers get its key as a cookie as well" },
);
export type PairedDevice = Static<typeof PairedDevice>;

export const TillDevice = Strict(
  {
    id: Id(),
    tillId,
    siteId,
    name,
    pairedBy: Type.String({ description: "Who made its code", examples: [example] }),
    createdAt: InstantOut("When it was paired"),
    revokedAt: Nullable(InstantOut("When it was unpaired")),
    lastUsedAt: Nullable(InstantOut("When it was used last, to the minute")),
    version: Version,
  },
  { description: "A device that is or was paired with a till" },
);
export type TillDevice = Static<typeof TillDevice>;

export const TillDevicePage = PageOf(TillDevice, "Devices, oldest first");
export type TillDevicePage = Static<typeof TillDevicePage>;

const StaffMember = Strict({ id: Id("The person"), name: Type.String({ description: "Name" }) });

export const Staff = Strict(
  { people: Type.Array(StaffMember) },
  { description: "Who can work at this till: a role here and a PIN" },
);
export type Staff = Static<typeof Staff>;

export const NewShift = Strict(
  { personId: Id("Who works here now"), pin: Pin },
  { description: "Somebody taps their PIN", examples: [{ personId: example, pin: "5290" }] },
);
export type NewShift = Static<typeof NewShift>;

export const TillShift = Strict(
  {
    deviceId: Id("The device"),
    tillId,
    siteId,
    personId: Nullable(Id("Who works here now; null while it is locked")),
    since: Nullable(InstantOut("Since when")),
  },
  { description: "Who works at a till" },
);
export type TillShift = Static<typeof TillShift>;

export const NewPin = Strict(
  {
    pin: Pin,
    currentPassword: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: "The password once more, of whoever has one",
        examples: [password],
      }),
    ),
  },
  {
    description: "The PIN with which one works at tills",
    examples: [{ pin: "5290", currentPassword: password }],
  },
);
export type NewPin = Static<typeof NewPin>;

export const approvable = ["sales.void", "sales.refund"] as const;

export const NewApproval = Strict(
  {
    approverId: Id("Who allows it"),
    pin: Pin,
    permission: Word(approvable, "What is allowed"),
    subjectId: Id("The sale it is allowed for"),
  },
  {
    description: "Somebody who may do it allows it at this till, with their PIN",
    examples: [{ approverId: example, pin: "5290", permission: "sales.void", subjectId: example }],
  },
);
export type NewApproval = Static<typeof NewApproval>;

export const Approval = Strict(
  { id: Id("Send it as approvalId"), expiresAt: InstantOut("When it ends, if it is not used") },
  { description: "Allows one thing, once, at this till" },
);
export type Approval = Static<typeof Approval>;
