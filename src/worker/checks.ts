import type { Parts } from "./app.ts";

/** The lists of this worker contradict each other: a bug, found before anything runs. */
export class PartsError extends Error {
  constructor(problems: readonly string[]) {
    super(`The worker does not fit together:\n- ${problems.join("\n- ")}`);
    this.name = "PartsError";
  }
}

/**
 * Every job, event and subscription has exactly one definition and one handler. Throws PartsError with
 * every problem at once.
 */
export function checkParts({ jobs, events, subscriptions, forwardBy }: Parts): void {
  const problems = [
    ...twice(jobs.map(({ name }) => name)).map((name) => `job ${name} has two handlers`),
    ...twice(events.map(({ name }) => name)).map((name) => `event ${name} is defined twice`),
    ...twice(subscriptions.map(({ event, job }) => `${event.name} by ${job.name}`)).map(
      (pair) => `${pair} is subscribed twice`,
    ),
    ...(forwardBy === undefined || jobs.some((each) => each.name === forwardBy.name)
      ? []
      : [`job ${forwardBy.name} takes events outside but has no handler`]),
    ...subscriptions.flatMap(({ event, job }) => [
      ...(events.includes(event) ? [] : [`event ${event.name} is subscribed but not listed`]),
      ...(jobs.some((each) => each.name === job.name)
        ? []
        : [`job ${job.name} hears of ${event.name} but has no handler`]),
    ]),
  ];
  if (problems.length > 0) throw new PartsError([...new Set(problems)]);
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
