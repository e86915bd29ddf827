import { expect, test } from "vitest";
import type { ExecutionPlan, Operation, Progress } from "../src/api/types";
import { canPause, concernsOthers, isEmpty, isFinal, overall, recordsOnly, stepState, subject } from "../src/features/plan/operation";

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
  speed: null,
  left: null,
};
const running = { state: "running", progress } as Operation;

test("steps that are executed at the same time each show where they are", () => {
  expect([0, 1, 2, 3, 4].map((step) => stepState(running, step))).toEqual(["done", "running", "done", "running", "waiting"]);
  expect(stepState({ ...running, state: "failed" }, 1)).toBe("waiting");
  expect(stepState({ ...running, state: "succeeded" }, 4)).toBe("done");
  expect(stepState({ ...running, state: "paused" }, 1)).toBe("waiting");
});

test("what runs and counts bytes can be paused, and what is paused has not ended", () => {
  expect(canPause(running)).toBe(true);
  expect(canPause({ ...running, state: "undoing" })).toBe(false);
  expect(canPause({ ...running, progress: { ...progress, total: 0 } })).toBe(false);
  expect(isFinal({ ...running, state: "paused" })).toBe(false);
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

test("an adoption is told by its name here, or by the files that it is of", () => {
  const paths = ["/h/.ollama/models/blobs/sha256-ab", "/h/m.gguf"];
  expect(subject({ kind: "model_adopt", paths, name: null, mode: null })).toBe("sha256-ab, m.gguf");
  expect(subject({ kind: "model_adopt", paths: ["/h/m.gguf"], name: "mine", mode: null })).toBe("mine");
});
