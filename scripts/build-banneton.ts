import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BunPlugin } from "bun";
import { cachedCompile, releaseIn } from "./build-worker.ts";
import { project } from "./install.ts";

const entry = "src/cli/main.ts";

/** What the web serves at /swagger/assets. */
export const swaggerFiles = ["swagger-ui-bundle.js", "swagger-ui.css"].map((name) =>
  fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)),
);

// Inside the binary they lie where they lie beside dist/web: in the folder swagger-ui.
const asFiles: BunPlugin = {
  name: "swagger-ui-as-files",
  setup: (build) =>
    void build.onLoad({ filter: /swagger-ui-dist[\\/]swagger-ui/ }, async ({ path }) => ({
      contents: await Bun.file(path).bytes(),
      loader: "file",
    })),
};

/** Compiles the whole command line, the web with its files among it, into one file that needs no other. */
export async function compileBanneton(outfile: string, release?: string): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(project, entry), ...swaggerFiles],
    root: join(project, "src/cli"),
    naming: { asset: "swagger-ui/[name].[ext]" },
    plugins: [asFiles],
    // Identifiers are kept: Elysia reads the text of handlers to see what they use.
    minify: { whitespace: true, syntax: true, identifiers: false },
    external: ["pg-native", "sharp"],
    define: releaseIn(release),
    compile: { outfile },
  });
  for (const line of built.logs) console.error(line);
  if (!built.success) throw new Error(`${basename(outfile)} cannot be compiled`);
}

/** The compiled command line of these sources, from the temporary folder if it was compiled before. */
export function cachedBanneton(): Promise<string> {
  return cachedCompile(entry, "banneton", (outfile) => compileBanneton(outfile));
}

if (import.meta.main) await compileBanneton("dist/banneton", process.env["RELEASE"]);
