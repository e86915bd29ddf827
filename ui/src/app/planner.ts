import type { Intent } from "../api/types";
import { concernsOthers, propose } from "../features/plan/operation";
import { Planner, runAtOnce } from "../features/plan/planner.svelte";
import { hear, refresh } from "./core.svelte";

/** The one plan sheet of the window. */
export const planner = new Planner(hear);

/** Shows the plan for an intent; `done` runs after it succeeded. */
export function plan(intent: Intent, done?: () => void): void {
  void planner.start(intent, done);
}

/**
 * Changes only what runs: no plan to confirm, unless it starts or stops other services than the one that was named; that
 * is shown first. Rejects with an `ErrorBody`.
 */
export async function run(
  intent: Intent & { kind: "model_load" | "service_start" | "service_restart" | "service_stop" },
): Promise<void> {
  const proposed = await propose(intent);
  if (intent.kind !== "model_load" && concernsOthers(proposed)) {
    planner.show(proposed);
    return;
  }
  try {
    await runAtOnce(proposed, hear);
  } finally {
    await refresh();
  }
}
