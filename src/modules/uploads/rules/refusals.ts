/** Why content was refused. Stored, so a word never changes its meaning. */
export const refusals = [
  "empty",
  "bytes_differ",
  "too_large",
  "type_unknown",
  "type_not_allowed",
  "type_differs",
  "polyglot",
  "text",
  "too_many_pixels",
  "unreadable",
  "infected",
  "never_sent",
  "failed",
] as const;
export type Refusal = (typeof refusals)[number];
