import { expect, test } from "vitest";
import type { ExecutionPlan, Operation, Progress } from "../src/api/types";
import { concernsOthers, isEmpty, overall, recordsOnly, stepState } from "../src/features/plan/operation";

const progress: Progress = {
  step: 1,
  steps: 5,
  done: 30,
  total: 100,
  working: [
    { step: 1, done: 25, total: 50 },
    { step: 3, done: 0, total: 0 },
  ],
  finished: [2],
};
const running = { state: "running", progress } as Operation;

test("steps that are executed at the same time each show where they are", () => {
  expect([0, 1, 2, 3, 4].map((step) => stepState(running, step))).toEqual(["done", "running", "done", "running", "waiting"]);
  expect(stepState({ ...running, state: "failed" }, 1)).toBe("waiting");
  expect(stepState({ ...running, state: "succeeded" }, 4)).toBe("done");
});

test("the whole counts every step the same", () => {
  expect(overall(progress)).toBe(0.5);
  expect(overall({ ...progress, step: 5, working: [], finished: [] })).toBe(1);
  expect(overall({ ...progress, step: 0, steps: 0, working: [], finished: [] })).toBe(0);
});

test("a plan that only changes overrides is something to do", () => {
  const plan = (more: object) => ({ intent: { kind: "state_apply" }, steps: [], ...more }) as unknown as ExecutionPlan;
  expect([isEmpty(plan({})), recordsOnly(plan({}))]).toEqual([true, false]);
  const overrides = [{ kind: "revert", id: "x" }];
  expect([isEmpty(plan({ overrides })), recordsOnly(plan({ overrides }))]).toEqual([false, true]);
  expect(recordsOnly(plan({ overrides, steps: [{}] }))).toBe(false);
});

test("a plan that stops what nobody named is shown first", () => {
  const step = (action: object) => ({ action }) as unknown as ExecutionPlan["steps"][number];
  const plan = (...steps: ExecutionPlan["steps"]) => ({ intent: { kind: "service_stop", service: "db" }, steps }) as unknown as ExecutionPlan;
  const own = step({ kind: "service_stop", service: "db" });
  expect(concernsOthers(plan())).toBe(false);
  expect(concernsOthers(plan(own, step({ kind: "service_start", spec: { name: "db" } })))).toBe(false);
  expect(concernsOthers(plan(step({ kind: "service_stop", service: "app" }), own))).toBe(true);
  expect(concernsOthers(plan(step({ kind: "service_start", spec: { name: "app" } }), own))).toBe(true);
});
