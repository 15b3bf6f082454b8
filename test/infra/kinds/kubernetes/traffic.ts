import {
  at,
  type Document,
  isSelected,
  listAt,
  nameOf,
  ofKind,
  textAt,
  workloads,
} from "./documents.ts";

const livePath = "/healthz";
const readyPath = "/readyz";

/** Selectors find pods, probes ask what is there, and a pod has time to end. */
export function trafficProblems(
  documents: readonly Document[],
  foundation: readonly Document[],
): readonly string[] {
  return [
    ...selectorProblems(documents),
    ...scaleProblems(documents),
    ...routeProblems(documents, foundation),
    ...ofKind(documents, "Rollout").flatMap((rollout) => [
      ...probeProblems(rollout),
      ...graceProblems(rollout, documents),
    ]),
    ...canaryProblems(documents),
    ...denyProblems(foundation),
  ];
}

function selectorProblems(documents: readonly Document[]): readonly string[] {
  const pods = workloads(documents).map((each) => at(each, "spec.template.metadata.labels"));
  const selectors: readonly [string, string][] = [
    ["Service", "spec.selector"],
    ["PodDisruptionBudget", "spec.selector.matchLabels"],
    ["NetworkPolicy", "spec.podSelector.matchLabels"],
    ["Rollout", "spec.selector.matchLabels"],
  ];
  return selectors.flatMap(([kind, path]) =>
    ofKind(documents, kind)
      // Made by a workflow while it runs, so not among what is rendered.
      .filter((document) => nameOf(document) !== "NetworkPolicy/load-test")
      .filter((document) => !pods.some((labels) => isSelected(at(document, path), labels)))
      .map((document) => `${nameOf(document)}: selects no pod`),
  );
}

function scaleProblems(documents: readonly Document[]): readonly string[] {
  return ofKind(documents, "HorizontalPodAutoscaler").flatMap((scaler) => {
    const target = `${textAt(scaler, "spec.scaleTargetRef.kind")}/${textAt(scaler, "spec.scaleTargetRef.name")}`;
    const found = documents.find((document) => nameOf(document) === target);
    const least = Number(at(scaler, "spec.minReplicas"));
    const config = ofKind(documents, "ConfigMap").map((each) => at(each, "data.PODS_MAX"));
    const problems: string[] = [];
    if (found === undefined) problems.push(`scales ${target}, which is not there`);
    if (at(found, "spec.replicas") !== undefined)
      problems.push(`${target} has replicas of its own`);
    if (!config.includes(String(at(scaler, "spec.maxReplicas")))) {
      problems.push("has another maximum than PODS_MAX");
    }
    for (const budget of ofKind(documents, "PodDisruptionBudget")) {
      const most = Number(at(budget, "spec.maxUnavailable") ?? 0);
      const needed = Number(at(budget, "spec.minAvailable") ?? least - most);
      if (!(needed < least)) problems.push(`${nameOf(budget)} leaves no room below ${least} pods`);
    }
    return problems.map((problem) => `${nameOf(scaler)}: ${problem}`);
  });
}

function probeProblems(rollout: Document): readonly string[] {
  const wanted = { startupProbe: livePath, readinessProbe: readyPath, livenessProbe: livePath };
  return listAt(rollout, "spec.template.spec.containers").flatMap((container) => {
    const ports = listAt(container, "ports").map((port) => at(port, "name"));
    return Object.entries(wanted).flatMap(([probe, path]) => {
      const get = at(container, `${probe}.httpGet`);
      const isRight = at(get, "path") === path && ports.includes(at(get, "port"));
      return isRight ? [] : [`${nameOf(rollout)}: ${probe} does not ask ${path} at a named port`];
    });
  });
}

function graceProblems(rollout: Document, documents: readonly Document[]): readonly string[] {
  const config = ofKind(documents, "ConfigMap").find((each) => at(each, "data.STOP_WAIT_MS"));
  const stopMs =
    Number(textAt(config, "data.STOP_WAIT_MS")) + Number(textAt(config, "data.STOP_GRACE_MS"));
  const graceMs = Number(at(rollout, "spec.template.spec.terminationGracePeriodSeconds")) * 1_000;
  return stopMs > 0 && stopMs + 5_000 <= graceMs
    ? []
    : [`${nameOf(rollout)}: ends after ${graceMs} ms, but needs ${stopMs} and some to stop`];
}

function routeProblems(
  documents: readonly Document[],
  foundation: readonly Document[],
): readonly string[] {
  return ofKind(documents, "HTTPRoute").flatMap((route) => {
    const problems: string[] = [];
    for (const parent of listAt(route, "spec.parentRefs")) {
      const gateway = foundation.find(
        (each) => nameOf(each) === `Gateway/${textAt(parent, "name")}`,
      );
      const listeners = listAt(gateway, "spec.listeners").map((each) => at(each, "name"));
      if (!listeners.includes(at(parent, "sectionName"))) problems.push("has no such listener");
    }
    for (const backend of listAt(route, "spec.rules").flatMap((rule) =>
      listAt(rule, "backendRefs"),
    )) {
      const name = `Service/${textAt(backend, "name")}`;
      const service = documents.find((each) => nameOf(each) === name);
      const ports = listAt(service, "spec.ports").map((port) => at(port, "port"));
      if (!ports.includes(at(backend, "port"))) problems.push(`${name} is not there at that port`);
      for (const field of ["group", "kind", "weight"]) {
        if (at(backend, field) === undefined) problems.push(`${name} has no explicit ${field}`);
      }
    }
    return problems.map((problem) => `${nameOf(route)}: ${problem}`);
  });
}

const steps = [5, 10, 25, 50];

function canaryProblems(documents: readonly Document[]): readonly string[] {
  const problems: string[] = [];
  for (const rollout of ofKind(documents, "Rollout")) {
    const canary = at(rollout, "spec.strategy.canary");
    const weights = listAt(canary, "steps").map((step) => at(step, "setWeight"));
    if (weights.filter((weight) => weight !== undefined).join() !== steps.join()) {
      problems.push(`${nameOf(rollout)}: does not go by ${steps.join(", ")} %`);
    }
    const templates = listAt(canary, "analysis.templates").map((each) =>
      textAt(each, "templateName"),
    );
    if (templates.length === 0) problems.push(`${nameOf(rollout)}: is analysed by nothing`);
    for (const name of templates) {
      const isThere = documents.some((each) => nameOf(each) === `AnalysisTemplate/${name}`);
      if (!isThere) problems.push(`${nameOf(rollout)}: AnalysisTemplate/${name} is not there`);
    }
  }
  for (const template of ofKind(documents, "AnalysisTemplate")) {
    for (const metric of listAt(template, "spec.metrics")) {
      const condition = textAt(metric, "successCondition");
      const isGuarded = condition.includes("len(result) > 0") && condition.includes("!isNaN");
      if (!isGuarded) problems.push(`${nameOf(template)}: takes no data for success`);
    }
  }
  return problems;
}

function denyProblems(foundation: readonly Document[]): readonly string[] {
  const isDenied = ofKind(foundation, "NetworkPolicy").some(
    (policy) =>
      Object.keys((at(policy, "spec.podSelector") ?? {}) as object).length === 0 &&
      listAt(policy, "spec.policyTypes").length === 2 &&
      at(policy, "spec.ingress") === undefined &&
      at(policy, "spec.egress") === undefined,
  );
  return isDenied ? [] : ["the foundation denies nothing by default"];
}
