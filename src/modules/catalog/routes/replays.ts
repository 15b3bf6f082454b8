/** What the document says of creates. */
export const replays =
  "A create with an id of your own may be sent again: the same body answers the same record, 201.";
