import { type Static, Strict, Text, Type, Word } from "#platform/schema.ts";

const column = (description: string, example: string) =>
  Type.String({ maxLength: 200, description, examples: [example] });
const maybe = (description: string, example: string) => Type.Optional(column(description, example));

export const delimiters = [",", ";", "\t", "|"] as const;
export const encodings = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "iso-8859-15",
  "macintosh",
] as const;
export const dateOrders = ["ymd", "dmy", "mdy"] as const;
export const ticketScopes = ["file", "day", "moment", "line"] as const;

const Columns = Strict(
  {
    date: column("The day, perhaps with the time behind it", "date"),
    time: maybe("The wall clock's reading", "time"),
    ticket: maybe("The ticket's number", "ticket_number"),
    till: maybe("Which till; its tickets are numbered apart", "till"),
    article: maybe("What was sold; not in a wide table", "article"),
    quantity: maybe("How many; without it each line is one", "Quantity"),
    unitPrice: maybe("What one costs", "unit_price"),
    total: maybe("What was paid for the line; without it price × quantity", "total"),
  },
  { description: "Columns by their header, or by their number from 1 where there is no header" },
);

export const TillMapping = Strict(
  {
    layout: Word(["lines", "wide"], "One row a ticket line, or a column a product"),
    delimiter: Word(delimiters, "What stands between two cells"),
    encoding: Word(encodings, "Of the text; a byte order mark overrules it"),
    hasHeader: Type.Boolean({ description: "The first row names the columns" }),
    columns: Columns,
    products: Type.Optional(
      Type.Array(column("A column's header", "Croissant"), {
        maxItems: 2_000,
        description: "The columns of products in a wide table; all others by default",
      }),
    ),
    dateOrder: Word(dateOrders, "Order of year, month and day"),
    decimal: Word([".", ","], "The decimal mark"),
    quantityDecimal: Type.Optional(
      Word([".", ","], "The decimal mark of quantities, where it is another"),
    ),
    thousands: Word(["", ".", ",", " ", "'"], "What groups thousands, if anything"),
    currency: Type.Optional(Text(8, "The sign beside amounts, if any", "€")),
    ticketScope: Word(
      ticketScopes,
      "What makes a ticket: its number in the whole file, or anew each day; without numbers all lines of one moment, or each line alone",
    ),
    returns: Word(["negative", "none"], "A minus sign is a return, or it is refused"),
    till: Type.Optional(
      Text(40, "Name of the till where several number their tickets alike", "Till 1"),
    ),
    placeholders: Type.Array(Type.String({ maxLength: 120 }), {
      maxItems: 50,
      description: "Articles that stand for nothing; flagged and left out",
      examples: [["NONE", ""]],
    }),
  },
  {
    description: "How to read a till's export",
    examples: [
      {
        layout: "lines",
        delimiter: ",",
        encoding: "utf-8",
        hasHeader: true,
        columns: { date: "date", time: "time", ticket: "ticket_number", article: "article" },
        dateOrder: "ymd",
        decimal: ",",
        thousands: "",
        currency: "€",
        ticketScope: "file",
        returns: "negative",
        placeholders: ["NONE", ""],
      },
    ],
  },
);
export type TillMapping = Static<typeof TillMapping>;
export type ColumnName = keyof TillMapping["columns"];
