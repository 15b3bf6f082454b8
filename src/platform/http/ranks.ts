import { pathOf } from "#platform/http/routing.ts";

/** What goes first when there is too much to do. */
export type GateName = "sale" | "office" | "report";

export interface Rank {
  readonly gate: GateName;
  /** A secret can be guessed there: counted strictly by address, and refused when in doubt. */
  readonly isGuessed: boolean;
}

/**
 * Routes by rank, as `METHOD /path/:id`, or with a query parameter that makes the difference:
 * `GET /path?name`. All others are the office's.
 */
export interface RankTable {
  readonly sale: readonly string[];
  readonly report: readonly string[];
  readonly guessed: readonly string[];
}

const office: Rank = { gate: "office", isGuessed: false };
export const reportRank: Rank = { gate: "report", isGuessed: false };

interface Entry {
  readonly regex: RegExp;
  readonly parameter: string | undefined;
  readonly rank: Rank;
}

/** The rank of a request, before any route is looked for. */
export function ranker(table: RankTable): (request: Request) => Rank {
  const plain = new Map<string, Rank>();
  const others = new Map<string, Entry[]>();
  const all = [...new Set([...table.sale, ...table.report, ...table.guessed])];
  for (const route of all) {
    const [method = "", pattern = ""] = route.split(" ");
    const [path = "", parameter] = pattern.split("?");
    const rank = rankIn(table, route);
    if (parameter === undefined && !path.includes(":")) plain.set(route, rank);
    else {
      const entry = { regex: regexOf(path), parameter, rank };
      others.set(method, [...(others.get(method) ?? []), entry]);
    }
  }
  return ({ method, url }) => {
    const path = pathOf(url);
    const known = plain.get(`${method} ${path}`);
    if (known !== undefined) return known;
    return others.get(method)?.find((entry) => fits(entry, path, url))?.rank ?? office;
  };
}

function rankIn({ sale, report, guessed }: RankTable, route: string): Rank {
  const gate = sale.includes(route) ? "sale" : report.includes(route) ? "report" : "office";
  return { gate, isGuessed: guessed.includes(route) };
}

function fits({ regex, parameter }: Entry, path: string, url: string): boolean {
  if (!regex.test(path)) return false;
  return parameter === undefined || new URL(url).searchParams.has(parameter);
}

function regexOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/:[^/]+/g, "[^/]+")}$`);
}
