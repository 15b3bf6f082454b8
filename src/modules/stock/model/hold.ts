import {
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
} from "#platform/schema.ts";

const reason = Text(200, "Why it must not be sold or used", "Glass found in a bag");
const releaseReason = Text(200, "Why it may be sold and used again", "The laboratory cleared it");

export const NewHold = Strict(
  { reason },
  { description: "Stops a lot and all that holds some of it", examples: [{ reason: "Recall" }] },
);
export type NewHold = Static<typeof NewHold>;

export const NewRelease = Strict(
  { reason: Type.Optional(releaseReason) },
  { description: "Ends the hold put on this lot", examples: [{ reason: "Cleared" }] },
);
export type NewRelease = Static<typeof NewRelease>;

export const Hold = Strict(
  {
    id: Id("The hold"),
    lotId: Id("The lot it was put on"),
    reason,
    actor: Type.String({
      description: "Who put it on",
      examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
    }),
    heldAt: InstantOut("When it was put on"),
    recordedAt: InstantOut("When it was written to the books"),
    lotCount: Type.Integer({ description: "Lots it stops, its own included", examples: [3] }),
    isActive: Type.Boolean({ description: "Not released yet" }),
    releasedAt: Nullable(InstantOut("When it ended")),
    releasedBy: Nullable(Type.String({ description: "Who ended it" })),
    releaseReason: Nullable(Type.String({ description: "Why it ended" })),
  },
  { description: "A lot that is not to be sold or used, nor what holds some of it" },
);
export type Hold = Static<typeof Hold>;

export const HoldPage = PageOf(Hold, "Holds, newest first");
export type HoldPage = Static<typeof HoldPage>;
