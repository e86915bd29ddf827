// Starting and stopping services from any view, and what came of it: it is told wherever the service is shown.

import { untrack } from "svelte";
import { api, call } from "../api/current";
import { asError } from "../api/error";
import type { ErrorBody, ServiceStatus } from "../api/types";
import { type Sample, Samples } from "../features/services/samples";
import { run } from "./planner";
import { go } from "./router.svelte";

/** What can be done to a service. */
export type ServiceVerb = "service_start" | "service_restart" | "service_stop";

const state = $state<{ busy: Record<string, ServiceVerb>; errors: Record<string, ErrorBody>; operation: ErrorBody | null }>({
  busy: {},
  errors: {},
  operation: null,
});

const samples = new Samples();
let looks = $state(0);

/** Remembers what services take, for their charts. */
export function seen(services: readonly ServiceStatus[]): void {
  samples.add(services, Date.now());
  untrack(() => (looks += 1));
}

/** What a service took over the last minutes, as far as this page looked. */
export function series(service: string): readonly Sample[] {
  void looks;
  return samples.of(service);
}

/** What is being done to a service, if anything is. */
export function doing(service: string): ServiceVerb | null {
  return state.busy[service] ?? null;
}

/** Why the last thing that was asked of a service failed, if it did. */
export function failedWith(service: string): ErrorBody | null {
  return state.errors[service] ?? null;
}

/** Every service of which the last thing that was asked failed, and why. */
export function failures(): [string, ErrorBody][] {
  return Object.entries(state.errors);
}

/** What failed in an operation or could not be asked of one, if the tray is to be answered for it. */
export function failedOperation(): ErrorBody | null {
  return state.operation;
}

/** It was seen. */
export function forgetOperation(): void {
  state.operation = null;
}

/** Makes the plan and runs it, or shows it where it concerns other services as well. */
export async function act(service: string, kind: ServiceVerb): Promise<void> {
  if (state.busy[service]) return;
  state.busy[service] = kind;
  delete state.errors[service];
  try {
    await run({ kind, service });
  } catch (thrown) {
    state.errors[service] = asError(thrown);
  } finally {
    delete state.busy[service];
  }
}

/** Asks the core to stop what is done to a service; it is undone. */
export async function cancel(service: string, operation: string): Promise<void> {
  try {
    await call("operation_cancel", { id: operation });
  } catch (thrown) {
    state.errors[service] = asError(thrown);
  }
}

/** Shows what could not be done that was asked for in the tray, where it is seen; the returned function ends it. */
export function heedTray(): () => void {
  return api().trayFailures(({ service, error }) => {
    if (service === null) {
      state.operation = error;
      go("history");
    } else {
      state.errors[service] = error;
      go("services", service);
    }
  });
}
