import { api, call } from "../api/current";
import { asError } from "../api/error";
import type { ErrorBody, Event, StatusView } from "../api/types";

const MACHINE_EVERY_MS = 5000;
const GATHER_MS = 120;

const state = $state<{ status: StatusView | null; error: ErrorBody | null; changes: number; now: number }>({
  status: null,
  error: null,
  changes: 0,
  now: Date.now(),
});

const listeners = new Set<(event: Event) => void>();
let gathering: ReturnType<typeof setTimeout> | undefined;

/** The last status of the core, if it answered yet. */
export function status(): StatusView | null {
  return state.status;
}

/** Why the core does not answer, if so. */
export function coreError(): ErrorBody | null {
  return state.error;
}

/** Grows whenever something that is installed or runs may have changed; lists read it and fetch again. */
export function changes(): number {
  return state.changes;
}

/** The present moment, for "3 minutes ago"; moves every few seconds. */
export function now(): number {
  return state.now;
}

/** Fetches the status again. */
export async function refresh(): Promise<void> {
  try {
    state.status = await call<StatusView>("status_show");
    state.now = Date.now();
    state.error = null;
  } catch (thrown) {
    state.error = asError(thrown);
  }
}

/** Hears every event until the returned function is called. */
export function hear(listener: (event: Event) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function onEvent(event: Event): void {
  for (const listener of listeners) listener(event);
  // Progress comes many times a second; one fetch for all that arrive together is enough.
  const lasting = event.event !== "operation:progressed" || event.operation.state !== "running";
  if (gathering === undefined) {
    gathering = setTimeout(() => {
      gathering = undefined;
      void refresh();
    }, GATHER_MS);
  }
  if (lasting) state.changes += 1;
}

/** Starts to follow the core; the returned function ends it. */
export function follow(): () => void {
  void refresh();
  const stop = api().events(onEvent);
  const timer = setInterval(() => {
    state.now = Date.now();
    if (!document.hidden) void refresh();
  }, MACHINE_EVERY_MS);
  return () => {
    stop();
    clearInterval(timer);
  };
}
