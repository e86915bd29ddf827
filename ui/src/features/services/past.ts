// What happened to a service: its own moments, and what people asked for, in one order.

import type { Operation, ServiceMoment, ServiceState, ServiceStatus } from "../../api/types";

/** A stretch of time in which a service was in one state; none if nobody knows in which. */
export interface Stretch {
  from: number;
  to: number;
  state: ServiceState | null;
}

/** Something that happened, the moment first. */
export type Happening = { at: string; moment: ServiceMoment } | { at: string; operation: Operation };

/** How a service was from a moment until now, as far as its moments say. */
export function stretches(service: ServiceStatus, from: number, now: number): Stretch[] {
  const known: { at: number; state: ServiceState }[] = (service.moments ?? []).map(({ at, state }) => ({ at: Date.parse(at), state }));
  const since = Date.parse(service.since);
  const last = known.at(-1);
  // A start and a stop that were asked for are no moments of their own.
  if (!last || (last.state !== service.state && since >= last.at)) known.push({ at: since, state: service.state });
  const begin: Stretch = { from, to: Math.max(from, Math.min(now, known[0]?.at ?? now)), state: null };
  const rest = known.map(({ at, state }, index) => ({ from: Math.max(from, at), to: Math.min(now, known[index + 1]?.at ?? now), state }));
  return [begin, ...rest].filter((stretch) => stretch.to > stretch.from);
}

/** Whether an operation was about a service. */
export function isAbout({ intent }: Operation, name: string): boolean {
  switch (intent.kind) {
    case "service_start":
    case "service_restart":
    case "service_stop":
      return intent.service === name;
    case "model_load":
      return intent.model === name;
    default:
      return false;
  }
}

/** Everything that is known to have happened to a service, the latest first. */
export function happenings(service: ServiceStatus, operations: readonly Operation[]): Happening[] {
  const own: Happening[] = (service.moments ?? []).map((moment) => ({ at: moment.at, moment }));
  const asked: Happening[] = operations
    .filter((operation) => isAbout(operation, service.name))
    .map((operation) => ({ at: operation.started_at, operation }));
  return [...own, ...asked].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
