/** Markup that is safe to send: made by `html`, every text in it escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

/** A template whose values are escaped, but for markup made by `html`; null and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  const texts = parts.map((part, index) => `${part}${textOf(values[index])}`);
  return new Html(texts.join(""));
}

function textOf(value: HtmlPart): string {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return value.map(textOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
