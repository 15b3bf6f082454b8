import { describe, expect, test } from "bun:test";
import { Glob } from "bun";

// The architecture on one screen: a module may import the index.ts of those in its list, and join
// their tables read-only.
const graph: Readonly<Record<string, readonly string[]>> = {
  access: [],
  audit: ["access"],
  settings: ["access", "audit"],
  sites: ["access", "audit", "settings"],
  accounts: ["access", "audit", "sites"],
  keys: ["access", "audit", "sites"],
  devices: ["access", "audit", "sites", "accounts"],
  catalog: ["access", "audit", "settings"],
  stock: ["access", "audit", "settings", "sites", "catalog"],
  recipes: ["access", "audit", "settings", "sites", "catalog", "stock"],
  production: ["access", "audit", "settings", "sites", "catalog", "stock", "recipes"],
  sales: ["access", "audit", "settings", "sites", "devices", "catalog", "stock", "recipes"],
  recalls: ["access", "settings", "sites", "catalog", "stock", "production", "sales"],
  verifications: ["access", "audit", "stock", "sales"],
  imports: [
    "access",
    "audit",
    "settings",
    "sites",
    "catalog",
    "stock",
    "recipes",
    "production",
    "sales",
  ],
  uploads: ["access", "audit", "sites", "catalog", "stock", "imports"],
  reports: ["access", "audit", "settings", "sites", "catalog", "stock", "production", "sales"],
  webhooks: ["access", "audit", "sites"],
  alerts: ["access", "audit", "sites", "catalog", "stock", "verifications", "webhooks"],
};
const entries = ["web", "worker", "functions", "cli"];

// What a file of a module is for, by its name or its folder; house rules, "One module, seven files".
const roles = [
  "index",
  "model",
  "tables",
  "queries",
  "service",
  "errors",
  "routes",
  "rules",
  "page",
  "events",
  "jobs",
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const root = new URL("..", import.meta.url).pathname;
const sources = await Promise.all(
  [...new Glob("src/**/*.ts").scanSync(root)]
    .filter((path) => !path.endsWith(".gen.ts"))
    .sort()
    .map(async (path): Promise<Source> => {
      const text = await Bun.file(`${root}${path}`).text();
      return { path, text, imports: importsOf(path, text) };
    }),
);
const shipped = sources.filter(({ path }) => !path.endsWith(".test.ts"));

/** Every module a file names, types too, as a path from the root or a package. */
function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g);
  return [...found].map(([, name = ""]) => {
    if (name.startsWith("#")) return name.replace("#", "src/");
    if (!name.startsWith(".")) return name;
    return new URL(name, `file:///${path}`).pathname.slice(1);
  });
}

function moduleOf(path: string): string | undefined {
  return /^src\/modules\/([^/]+)\//.exec(path)?.[1];
}

function roleOf(path: string): string | undefined {
  const rest = /^src\/modules\/[^/]+\/(.+)$/.exec(path)?.[1] ?? "";
  return roles.find((role) => rest === `${role}.ts` || rest.startsWith(`${role}/`));
}

function entryOf(path: string): string | undefined {
  const folder = /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
  return entries.includes(folder) ? folder : undefined;
}

/** The lines "file: import" that break a rule, so that a failure names each of them. */
function offences(isWrong: (source: Source, name: string) => boolean): string[] {
  return shipped.flatMap((source) =>
    source.imports.filter((name) => isWrong(source, name)).map((name) => `${source.path}: ${name}`),
  );
}

function linesWith(pattern: RegExp, isFree: (path: string) => boolean): string[] {
  return shipped
    .filter(({ path }) => !isFree(path))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .map((line, index) => ({ line: line.replace(/\/\/.*|\/?\*.*/, ""), number: index + 1 }))
        .filter(({ line }) => pattern.test(line))
        .map(({ line, number }) => `${path}:${number} ${line.trim()}`),
    );
}

describe("who may import whom", () => {
  test("the graph of modules has no cycle and names every module", () => {
    const order = Object.keys(graph);
    for (const [name, uses] of Object.entries(graph)) {
      for (const used of uses) expect(order.indexOf(used)).toBeLessThan(order.indexOf(name));
    }
    const found = new Set(shipped.map(({ path }) => moduleOf(path)).filter(Boolean));
    expect([...found].sort()).toEqual(order.toSorted());
  });

  test("platform imports no module and no entry", () => {
    const isWrong = ({ path }: Source, name: string) =>
      path.startsWith("src/platform/") &&
      (moduleOf(name) !== undefined || entryOf(name) !== undefined);
    expect(offences(isWrong)).toEqual([]);
  });

  test("modules import no entry, and other modules only by index.ts along the graph", () => {
    const isWrong = ({ path }: Source, name: string) => {
      const from = moduleOf(path);
      if (from === undefined) return false;
      if (entryOf(name) !== undefined) return true;
      const to = moduleOf(name);
      if (to === undefined || to === from) return false;
      const isTables =
        name.endsWith("/tables.ts") && ["tables", "queries"].includes(roleOf(path) ?? "");
      return !graph[from]?.includes(to) || !(isTables || name === `src/modules/${to}/index.ts`);
    };
    expect(offences(isWrong)).toEqual([]);
  });

  test("entries never import each other, the command line aside", () => {
    const isWrong = ({ path }: Source, name: string) => {
      const from = entryOf(path);
      const to = entryOf(name);
      return from !== undefined && to !== undefined && from !== to && from !== "cli";
    };
    expect(offences(isWrong)).toEqual([]);
  });

  test("inside a module every file has a role and imports what its role may", () => {
    const strangers = shipped
      .filter(({ path }) => moduleOf(path) !== undefined && roleOf(path) === undefined)
      .map(({ path }) => path);
    expect(strangers).toEqual([]);
    const isWrong = ({ path }: Source, name: string) => {
      const from = roleOf(path);
      const to = moduleOf(name) === moduleOf(path) ? roleOf(name) : undefined;
      const isHttp = name.startsWith("src/platform/http/");
      if (isHttp) return from !== undefined && from !== "routes";
      if (to === "jobs") return from !== "service";
      if (from === "jobs") return ["routes", "queries", "tables"].includes(to ?? "");
      if (from === "index") return ["routes", "queries", "tables"].includes(to ?? "");
      if (["model", "rules", "errors", "events"].includes(from ?? "")) {
        return to === "service" || to === "queries" || to === "tables" || to === "routes";
      }
      if (from === "queries" || from === "tables") return to === "service" || to === "routes";
      if (from === "service") return to === "tables" || to === "routes";
      return from === "routes" && (to === "queries" || to === "tables");
    };
    expect(offences(isWrong)).toEqual([]);
  });
});

describe("what stands in few places", () => {
  test("elysia only in routes, platform/http and web", () => {
    const isFree = (path: string) =>
      roleOf(path) === "routes" || /^src\/(platform\/http|web)\//.test(path);
    const isWrong = ({ path }: Source, name: string) =>
      /^(elysia|@elysiajs)(\/|$)/.test(name) && !isFree(path);
    expect(offences(isWrong)).toEqual([]);
  });

  test("whatever the functions reach has neither Elysia nor better-auth", () => {
    const byPath = new Map(shipped.map((source) => [source.path, source]));
    const reached = new Set<string>();
    const todo = ["src/functions/main.ts"];
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      todo.push(...(byPath.get(path)?.imports ?? []));
    }
    expect(reached.size).toBeGreaterThan(20);
    const wrong = /^(elysia|@elysiajs|better-auth|bun:?)(\/|$)/;
    expect([...reached].filter((path) => wrong.test(path))).toEqual([]);
  });

  test("drizzle only in tables, queries and platform's own", () => {
    const isFree = (path: string) =>
      ["tables", "queries"].includes(roleOf(path) ?? "") ||
      /^src\/platform\/(db|db-transaction|db-columns|db-records|tables)\.ts$/.test(path);
    const isWrong = ({ path }: Source, name: string) =>
      name.startsWith("drizzle-orm") && !isFree(path);
    expect(offences(isWrong)).toEqual([]);
  });

  test("SQL stands in queries, platform and migrations only", () => {
    const isWrong = ({ path, text }: Source) =>
      moduleOf(path) !== undefined && roleOf(path) !== "queries" && /\bstatement\(/.test(text);
    expect(shipped.filter((source) => isWrong(source)).map(({ path }) => path)).toEqual([]);
  });

  test("the environment, the clock and the runtime only in main.ts", () => {
    const isFree = (path: string) => path.endsWith("/main.ts");
    const pattern = /\bBun\.|"bun(?::|")|\bDeno\.|\bprocess\.env\b|\bnew Date\(\)|\bDate\.now\(/;
    expect(linesWith(pattern, isFree)).toEqual([]);
  });

  test("nobody writes another module's tables", () => {
    const isWrong = ({ path, text }: Source) => {
      const own = moduleOf(path);
      if (own === undefined) return [];
      const writes = text.matchAll(/\b(?:insert into|update|delete from)\s+([a-z]+)\.[a-z_]+/g);
      return [...writes]
        .filter(([, schema]) => schema !== own)
        .map(([write]) => `${path}: ${write}`);
    };
    expect(shipped.flatMap(isWrong)).toEqual([]);
  });

  test("no raw SQL from strings, no floats near money", () => {
    expect(linesWith(/\bsql\.raw\(|\bparseFloat\(/, () => false)).toEqual([]);
  });
});

describe("style that a tool does not check", () => {
  test("files keep under 300 lines", () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test("no any, no default export, no enum", () => {
    expect(
      linesWith(/\bas any\b|: any\b|<any>|\bexport default\b|^\s*(export )?enum /, () => false),
    ).toEqual([]);
  });

  test("files have kebab-case names", () => {
    const odd = sources.map(({ path }) => path).filter((path) => !/^[a-z0-9./-]+$/.test(path));
    expect(odd).toEqual([]);
  });
});
