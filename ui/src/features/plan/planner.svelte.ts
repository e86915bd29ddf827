import { call } from "../../api/current";
import { asError, failureOf } from "../../api/error";
import type { ErrorBody, Event, ExecutionPlan, Intent, Operation } from "../../api/types";
import { approve, follow, goOn, isFinal, pause, propose } from "./operation";

type Hear = (listener: (event: Event) => void) => () => void;

/** One change, from its intent to its outcome: what the plan sheet shows. */
export class Planner {
  intent = $state<Intent | null>(null);
  plan = $state<ExecutionPlan | null>(null);
  operation = $state<Operation | null>(null);
  error = $state<ErrorBody | null>(null);
  /** The operation that it waits for, while another change has its turn. */
  behind = $state<string | null>(null);
  private asked = false;
  private done: (() => void) | undefined;
  private turn = 0;

  constructor(private readonly hear: Hear) {}

  /** Whether the sheet is open. */
  get open(): boolean {
    return this.intent !== null;
  }

  /** Whether the operation still moves. */
  get running(): boolean {
    return this.operation !== null && !isFinal(this.operation);
  }

  /** Opens the sheet and makes the plan. `done` is called once it succeeded and the sheet was closed. */
  async start(intent: Intent, done?: () => void): Promise<void> {
    const turn = ++this.turn;
    this.intent = intent;
    this.plan = null;
    this.operation = null;
    this.error = null;
    this.behind = null;
    this.done = done;
    try {
      const plan = await propose(intent);
      if (turn === this.turn) this.plan = plan;
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    }
  }

  /** Opens the sheet with a plan that is made already. */
  show(plan: ExecutionPlan): void {
    this.turn += 1;
    this.intent = plan.intent;
    this.plan = plan;
    this.operation = null;
    this.error = null;
    this.behind = null;
    this.done = undefined;
  }

  /** Runs the plan that is shown. */
  async run(): Promise<void> {
    const plan = this.plan;
    if (!plan || this.operation || this.asked) return;
    const turn = this.turn;
    this.error = null;
    this.asked = true;
    const stop = this.hear((event) => {
      const waits = event.event === "change:waiting" && event.plan === plan.id;
      if (waits && turn === this.turn) this.behind = event.behind;
    });
    try {
      const begun = await approve(plan);
      this.asked = false;
      if (turn === this.turn) this.behind = null;
      const ended = await follow(begun, this.hear, (operation) => {
        if (turn === this.turn) this.operation = operation;
      });
      if (turn === this.turn) this.error = failureOf(ended);
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    } finally {
      stop();
      this.asked = false;
      if (turn === this.turn) this.behind = null;
    }
  }

  /** Makes a new plan for the same intent, after the state changed or a run failed. */
  again(): Promise<void> {
    return this.intent ? this.start($state.snapshot(this.intent) as Intent, this.done) : Promise.resolve();
  }

  /** Asks the core to stop the operation; it undoes what it did. */
  stop(): Promise<void> {
    return this.ask((operation) => call("operation_cancel", { id: operation.id }));
  }

  /** Asks the core to pause the operation; what it fetched is kept. */
  pause(): Promise<void> {
    return this.ask(pause);
  }

  /** Lets the operation go on after a pause. */
  goOn(): Promise<void> {
    return this.ask(goOn);
  }

  private async ask(what: (operation: Operation) => Promise<unknown>): Promise<void> {
    if (!this.operation) return;
    this.error = null;
    try {
      await what(this.operation);
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }

  /** Closes the sheet; an operation that runs goes on. */
  close(): void {
    const succeeded = this.operation?.state === "succeeded";
    const done = this.done;
    this.turn += 1;
    this.intent = null;
    if (succeeded) done?.();
  }
}

/** Runs a plan that needs no person's confirmation, to its end. Rejects with an `ErrorBody`. */
export async function runAtOnce(plan: ExecutionPlan, hear: Hear): Promise<Operation> {
  const ended = await follow(await approve(plan), hear, () => undefined);
  const failure = failureOf(ended);
  if (failure) throw failure;
  return ended;
}
