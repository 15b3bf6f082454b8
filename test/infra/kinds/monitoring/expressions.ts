/** A series that an expression reads, and the labels it is chosen by. */
export interface Read {
  readonly name: string;
  readonly labels: readonly string[];
}

const words = new Set(
  "by on and or unless without ignoring group_left group_right bool offset absent hour time".split(
    " ",
  ),
);

/** Every series that PromQL reads; `grouped` are the labels it is summed by. */
export function readsOf(expression: string): { reads: Read[]; grouped: string[] } {
  const grouped = [...expression.matchAll(/\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g)]
    .flatMap(([, list]) => (list ?? "").split(","))
    .map((label) => label.trim())
    .filter((label) => label !== "");
  const bare = expression.replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, " ");
  const series = /([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\()(?=[^\w:]|$)/g;
  const withoutDurations = bare.replace(/\[[^\]]*\]/g, " ");
  const reads = [...withoutDurations.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(series)]
    .filter(([, name = ""]) => !words.has(name) && /[_:]|^up$/.test(name))
    .map(([, name = "", chosen = ""]) => ({
      name,
      labels: [...chosen.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
    }));
  return { reads, grouped };
}
