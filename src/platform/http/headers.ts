import { createHash } from "node:crypto";
import type { AppConfig } from "#platform/config.ts";

type Fields = readonly (readonly [name: string, value: string])[];

/** Of every answer. */
const common: Fields = [
  ["x-content-type-options", "nosniff"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cache-control", "no-store"],
];

/** Of what is no page: if a browser shows it all the same, it can do nothing. */
const plain: Fields = [
  ...common,
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["referrer-policy", "no-referrer"],
];

// A form whose page sends no referrer at all comes with `Origin: null`: hence same-origin.
const page: Fields = [
  ...common,
  ["content-security-policy", pagePolicy({})],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  [
    "permissions-policy",
    ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"]
      .map((feature) => `${feature}=()`)
      .join(", "),
  ],
];

const transport = ["strict-transport-security", "max-age=31536000; includeSubDomains"] as const;

/**
 * The one hook that makes answers safe in a browser, by the kind of their content. What a route has
 * set itself stays.
 */
export function headerHook({
  publicUrl,
}: Pick<AppConfig, "publicUrl">): (headers: Headers) => void {
  const isSecure = publicUrl.startsWith("https:");
  const [ofPlain, ofPage] = [plain, page].map((fields) =>
    isSecure ? [...fields, transport] : fields,
  );
  return (headers) => {
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    for (const [name, value] of (isPage ? ofPage : ofPlain) ?? []) {
      if (!headers.has(name)) headers.set(name, value);
    }
  };
}

interface PageSources {
  /** Sources of style beside none, such as `'self'` or a hash. */
  readonly style?: string;
  /** Further directives. */
  readonly more?: readonly string[];
}

/** The Content-Security-Policy of a page: no script, no frame, forms to ourselves. */
export function pagePolicy({ style, more = [] }: PageSources): string {
  return [
    "default-src 'none'",
    ...(style === undefined ? [] : [`style-src ${style}`]),
    ...more,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The hash of an inline style sheet, exactly as it stands between its tags. */
export function styleHashOf(style: string): string {
  return `sha256-${createHash("sha256").update(style).digest("base64")}`;
}

interface PageOptions {
  /** Of the page's own style sheet: `styleHashOf(style)`. */
  readonly styleHash?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page that the server renders, with a policy that lets it load nothing but its own style. */
export function htmlResponse(text: string, options: PageOptions = {}): Response {
  const { styleHash, status = 200, headers = {} } = options;
  const style = styleHash === undefined ? {} : { style: `'${styleHash}'` };
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": pagePolicy(style),
      ...headers,
    },
  });
}
