import { InstantOut, Nullable, type Static, Strict, Type } from "#platform/schema.ts";

export const VerificationRun = Strict(
  {
    id: Type.String({ format: "uuid", description: "UUIDv7" }),
    isSound: Type.Boolean({ description: "Everything holds" }),
    certificate: Nullable(Type.String({ description: "SHA-256 over the books, if they hold" })),
    problem: Nullable(Type.String({ description: "The first thing that is wrong" })),
    startedAt: InstantOut("When it began"),
    endedAt: InstantOut("When it ended"),
  },
  { description: "All books verified once" },
);
export type VerificationRun = Static<typeof VerificationRun>;
