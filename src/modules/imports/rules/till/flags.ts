type Severity = "problem" | "notice";

const problem = (message: string) => ({ severity: "problem" as Severity, message });
const notice = (message: string) => ({ severity: "notice" as Severity, message });

const kinds = {
  columns: problem("The row has more or fewer cells than the header: left out."),
  date: problem("This is no day that exists, in the mapping's order: left out."),
  time: problem("This is no time of day: left out."),
  ticket: problem("This is no ticket number: left out."),
  placeholder: problem("The article stands for nothing: left out."),
  article: problem("The article has no name: left out."),
  article_too_long: problem("The article's name has more than 120 characters: left out."),
  text: problem("NUL cannot be stored: left out."),
  quantity: problem("This is no quantity in the mapping's notation: left out."),
  zero_quantity: problem("The quantity is 0: left out."),
  price: problem("This is no price in the mapping's notation: left out."),
  total: problem("This is no amount in the mapping's notation: left out."),
  too_large: problem("This is more than the books can hold: left out."),
  negative: problem("A minus sign, and the mapping knows no returns: left out."),
  future: problem("This day has not come yet at the site: left out."),
  closed: problem("This day is in a closed period: left out."),
  ticket_changed: problem(
    "The ticket was imported before and said something else: the old one stays.",
  ),
  ticket_too_long: problem("The ticket has more than 2000 lines: left out whole."),
  ticket_split: notice("The ticket's number comes on several business dates: one sale for each."),
  odd_name: notice("The article's name has no letter and no digit; the line was taken."),
  line_break: notice(
    "The article's name has a line break, perhaps of a quote that does not end; the line was taken.",
  ),
  encoding: notice("Some bytes are not of the mapping's encoding: they show as \u{FFFD}."),
  zero_price: notice("The line costs nothing; it was taken."),
  rounded: notice("More decimals than the books hold: rounded."),
  total_differs: notice("Price times quantity is another amount: the file's total was taken."),
  both_negative: notice("Quantity and price are both negative: taken as sold."),
  unmatched_return: notice("No sale is known that this return can refer to; it was taken."),
  no_prices: notice("The file has no prices: all amounts are 0."),
  byte_order_mark: notice(
    "The byte order mark names another encoding than the mapping: it counts.",
  ),
} as const;

export type FlagCode = keyof typeof kinds;

/** Something about a row that a person should know; row 0 is the file itself. */
export interface Flag {
  readonly row: number;
  readonly column: string;
  readonly code: FlagCode;
}

export function severityOf(code: FlagCode): Severity {
  return kinds[code].severity;
}

/** How a stored flag is told. */
export function toldOf(code: string) {
  const { severity, message } = kinds[code as FlagCode];
  return { severity, code: `imports.${code}`, message };
}
