import { api, call } from "../../api/current";
import type { ExecutionPlan, Intent, Operation, OperationView, Progress, Repair } from "../../api/types";
import { share } from "../../shared/format";

const LOOK_EVERY_MS = 700;

/** Whether nothing more happens to an operation, whoever asks. */
export function isFinal({ state }: Operation): boolean {
  return state !== "running" && state !== "undoing" && state !== "paused";
}

/** Whether it can be paused: it runs, and something is counted of it. */
export function canPause({ state, progress }: Operation): boolean {
  return state === "running" && progress.total > 0;
}

/** How much of all steps is done, from 0 to 1; each step counts the same. */
export function overall({ step, steps, working, finished }: Progress): number {
  const begun = working.reduce((sum, one) => sum + share(one.done, one.total), 0);
  return share(step + finished.length + begun, steps);
}

/** Where one step of an operation is. */
export function stepState(operation: Operation, index: number): "waiting" | "running" | "done" {
  const { step, working, finished } = operation.progress;
  if (operation.state === "succeeded" || index < step || finished.includes(index)) return "done";
  return !isFinal(operation) && operation.state !== "paused" && working.some((one) => one.step === index) ? "running" : "waiting";
}

/** What a repair puts right, for its text. */
function repairOf(repair: Repair): string {
  switch (repair.kind) {
    case "item":
      return repair.name;
    case "record":
      return `generations/${repair.number}.lock`;
    case "stray":
      return repair.path;
    case "service":
      return repair.service;
    case "machine":
      return "machine.json";
  }
}

/** What an intent is about, for its text. */
export function subject(intent: Intent): string {
  switch (intent.kind) {
    case "module_install":
    case "module_upgrade":
    case "module_remove":
      return intent.modules.join(", ");
    case "doctor_repair":
      return [...intent.modules, ...intent.others.map(repairOf)].join(", ");
    case "module_pin":
      return `${intent.module} ${intent.version}`;
    case "module_unpin":
    case "module_rollback":
      return intent.module;
    case "operation_resume":
      return intent.id;
    case "model_import":
      return intent.name ?? intent.path.split("/").at(-1) ?? intent.path;
    case "model_adopt":
      return intent.name ?? intent.paths.map((path) => path.split("/").at(-1) ?? path).join(", ");
    case "model_pull":
      return intent.file ? `${intent.id}:${intent.file}` : intent.id;
    case "model_pull_address":
      return intent.url;
    case "model_view_add":
      return `${intent.model} → ${intent.tool}`;
    case "model_view_remove":
    case "model_load":
      return intent.model;
    case "service_start":
    case "service_restart":
    case "service_stop":
      return intent.service;
    case "state_apply":
      return [...intent.desired.modules, ...intent.desired.models.map((model) => model.name ?? model.path)].join(", ") || "–";
    case "lock_apply":
      return intent.lock.items.map((item) => `${item.name} ${item.version}`).join(", ") || "–";
    case "override_set":
      return `${intent.capability} → ${intent.value} (${intent.reason})`;
    case "override_revert":
      return intent.id;
    case "config_set":
      return `${intent.key} = ${intent.value}`;
    case "config_unset":
      return intent.key;
    case "generation_rollback":
      return intent.to === null ? "" : String(intent.to);
  }
}

/** The key of an intent's text. */
export function intentKey(intent: Intent): string {
  if (intent.kind === "generation_rollback" && intent.to === null) return "intent-generation_rollback-previous";
  if (intent.kind === "module_upgrade" && intent.modules.length === 0) return "intent-module_upgrade-all";
  if (intent.kind === "module_remove" && intent.purge) return "intent-module_remove-purge";
  return `intent-${intent.kind}`;
}

/** Whether a plan does nothing but record what is allowed or held: it has no steps, and is something to do. */
export function recordsOnly(plan: ExecutionPlan): boolean {
  const overrides = plan.steps.length === 0 && (plan.overrides ?? []).length > 0;
  return overrides || ["override_set", "override_revert", "module_pin", "module_unpin"].includes(plan.intent.kind);
}

/** Whether a plan starts or stops a service that nobody named. */
export function concernsOthers(plan: ExecutionPlan): boolean {
  const { intent } = plan;
  const named = "service" in intent ? intent.service : null;
  return plan.steps.some(({ action }) => {
    if (action.kind === "service_stop") return action.service !== named;
    return action.kind === "service_start" && action.spec.name !== named;
  });
}

/** Whether there is nothing to do. */
export function isEmpty(plan: ExecutionPlan): boolean {
  return plan.steps.length === 0 && !recordsOnly(plan);
}

/** Follows an operation to its end. Events only make the look at it come sooner. */
export async function follow(
  first: Operation,
  hear: (listener: () => void) => () => void,
  onMove: (operation: Operation) => void,
): Promise<Operation> {
  let operation = first;
  onMove(operation);
  while (!isFinal(operation)) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, LOOK_EVERY_MS);
      const stop = hear(done);
      function done() {
        clearTimeout(timer);
        stop();
        resolve();
      }
    });
    operation = (await call<OperationView>("operation_show", { id: operation.id })).operation;
    onMove(operation);
  }
  return operation;
}

/** Asks the core to pause an operation; what it fetched is kept. */
export function pause(operation: Operation): Promise<Operation> {
  return call<Operation>("operation_pause", { id: operation.id });
}

/** Lets a paused operation go on. */
export function goOn(operation: Operation): Promise<Operation> {
  return call<Operation>("operation_resume", { id: operation.id });
}

/** Makes the plan for an intent. */
export function propose(intent: Intent): Promise<ExecutionPlan> {
  return call<ExecutionPlan>("plan_create", { intent });
}

/** Approves a plan; the operation has begun. */
export function approve(plan: ExecutionPlan): Promise<Operation> {
  return call<Operation>("plan_approve", { id: plan.id, actor: api().actor });
}
