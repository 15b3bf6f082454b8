import { bakeryScrape } from "./processes.ts";

/** Label names by the name of the series, as a scrape shows them. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>;

let scraped: Promise<Known> | undefined;

/** The metrics of a real web and a real worker; both are started once. */
export function realMetrics(): Promise<Known> {
  scraped ??= bakeryScrape().then(parseScrape);
  return scraped;
}

/** A metric that is declared but has no series yet counts by its declaration. */
function parseScrape(text: string): Known {
  const known = new Map<string, Set<string>>();
  const labelsOf = (name: string) => {
    const labels = known.get(name) ?? new Set<string>();
    known.set(name, labels);
    return labels;
  };
  for (const line of text.split("\n")) {
    const declared = /^# TYPE (\S+) (\S+)/.exec(line);
    if (declared?.[1] !== undefined) {
      const parts = declared[2] === "histogram" ? ["_bucket", "_count", "_sum"] : [""];
      for (const part of parts) labelsOf(`${declared[1]}${part}`);
    }
    const series = /^([a-z_:]\w*)(?:\{(.*)\})? /i.exec(line);
    if (series?.[1] === undefined) continue;
    const labels = labelsOf(series[1]);
    for (const [, label] of (series[2] ?? "").matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) {
      if (label !== undefined) labels.add(label);
    }
  }
  return known;
}
