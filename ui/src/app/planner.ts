import type { Intent } from "../api/types";
import { Planner, runAtOnce } from "../features/plan/planner.svelte";
import { hear, refresh } from "./core.svelte";

/** The one plan sheet of the window. */
export const planner = new Planner(hear);

/** Shows the plan for an intent; `done` runs after it succeeded. */
export function plan(intent: Intent, done?: () => void): void {
  void planner.start(intent, done);
}

/** Changes only what runs: no plan to confirm. Rejects with an `ErrorBody`. */
export async function run(
  intent: Intent & { kind: "model_load" | "service_start" | "service_restart" | "service_stop" },
): Promise<void> {
  try {
    await runAtOnce(intent, hear);
  } finally {
    await refresh();
  }
}
