import { expect, test } from "vitest";
import type { Backend } from "../src/api/backend";
import { setBackend } from "../src/api/current";
import type { Event, ExecutionPlan, Operation } from "../src/api/types";
import { Planner } from "../src/features/plan/planner.svelte";

test("a change that waits says behind what, is asked for once, and goes on in its turn", async () => {
  const asked: string[] = [];
  let begin: (operation: Operation) => void = () => {};
  const begun = new Promise<Operation>((resolve) => {
    begin = resolve;
  });
  const fake = {
    actor: "test",
    call: (command: string) => {
      asked.push(command);
      return begun;
    },
  };
  setBackend(fake as unknown as Backend);
  const listeners = new Set<(event: Event) => void>();
  const planner = new Planner((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
  const tell = (event: object) => {
    for (const listener of listeners) listener(event as Event);
  };
  planner.show({ id: "one", intent: { kind: "service_stop", service: "db" }, steps: [] } as unknown as ExecutionPlan);
  const ended = planner.run();
  tell({ event: "change:waiting", plan: "another", behind: "first" });
  expect(planner.behind).toBe(null);
  tell({ event: "change:waiting", plan: "one", behind: "first" });
  expect(planner.behind).toBe("first");
  await planner.run();
  expect(asked).toEqual(["plan_approve"]);
  begin({ id: "second", state: "succeeded", failure: null } as unknown as Operation);
  await ended;
  expect([planner.behind, planner.operation?.id, planner.error]).toEqual([null, "second", null]);
  expect(listeners.size).toBe(0);
});
