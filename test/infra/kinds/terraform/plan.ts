/** A resource as it will be, and which of its values only Google knows. */
export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  /** Where its provider is from, as Terraform writes it. */
  readonly provider: string;
  readonly after: Values;
  readonly unknown: Values;
}

export type Values = Readonly<Record<string, unknown>>;

/** Says what is wrong with a plan; `root` is the project's folder. */
export type Rule = (resources: readonly PlannedResource[], root: string) => string[];

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: string;
    readonly provider_name: string;
    readonly change: { readonly after: Values | null; readonly after_unknown: Values };
  }[];
}

/** Reads what `terraform show -json` prints. */
export function plannedOf(text: string): PlannedResource[] {
  return ((JSON.parse(text) as PlanJson).resource_changes ?? [])
    .filter(({ mode, change }) => mode === "managed" && change.after !== null)
    .map(({ address, type, provider_name: provider, change }) => {
      const { after, after_unknown: unknown } = change;
      return { address, type, provider, after: after ?? {}, unknown };
    });
}

/** A rule about each resource of a type; what is false is no problem. */
export function each(
  type: string,
  look: (resource: PlannedResource, root: string) => readonly (string | false)[],
): Rule {
  return (resources, root) =>
    resources
      .filter((resource) => resource.type === type)
      .flatMap((resource) =>
        look(resource, root)
          .filter((problem) => problem !== false)
          .map((problem) => `${resource.address}: ${problem}`),
      );
}

type Grant = readonly [type: string, role: string, member?: RegExp];

/** Where a resource has such a block, others' rights have to be there for it to work. */
export function needs(type: string, block: string, grants: readonly Grant[]): Rule {
  return (resources) => {
    const isThere = ([of, role, member]: Grant) =>
      resources
        .filter((resource) => resource.type === of && resource.after["role"] === role)
        .some(({ after }) => member === undefined || membersOf(after).some((m) => member.test(m)));
    const missing = grants.filter((grant) => !isThere(grant));
    return resources
      .filter((resource) => resource.type === type && list(resource.after[block]).length > 0)
      .flatMap(({ address }) =>
        missing.map(([of, role]) => `${address}: ${block} needs ${role} by ${of}`),
      );
  };
}

export function list(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value : [];
}

export function first(value: unknown): Values {
  return list(value)[0] ?? {};
}

export function membersOf(after: Values): string[] {
  const members = Array.isArray(after["members"]) ? after["members"] : [];
  return [after["member"], ...members].filter((member) => typeof member === "string");
}
