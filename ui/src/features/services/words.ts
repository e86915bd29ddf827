// How a service is, in the words that the command line has for it.

import type { Code, Exit, LimitsSection, ProbeOutcome, ServiceState, ServiceStatus } from "../../api/types";
import { t } from "../../i18n/words.svelte";
import { bytes } from "../../shared/format";

/** The tone of each state. */
export const TONES = { starting: "caution", ready: "positive", restarting: "caution", failed: "negative", stopped: "quiet" } as const;

/** How it is, in one word and its tone: one that serves with less than was planned has a word of its own. */
export function standing(service: ServiceStatus): { tone: (typeof TONES)[ServiceState]; word: string } {
  if (service.state === "ready" && (service.degraded ?? []).length > 0) return { tone: "caution", word: t("service-state-degraded") };
  return { tone: TONES[service.state], word: t(`service-state-${service.state}`) };
}

/** Whether it runs, or is about to. */
export function isUp(state: ServiceState): boolean {
  return state === "ready" || state === "starting" || state === "restarting";
}

/** What its last question gave. */
export function probe({ miss }: ProbeOutcome): string {
  if (miss === null) return t("probe-passed");
  const { kind, ...args } = miss;
  return t(`probe-${kind}`, args);
}

const CAUSES: readonly Code[] = [
  "service-ended", "engine-stopped", "service-hung", "program-start-failed", "engine-start-failed", "engine-projector-refused",
  "port-taken",
  "limits-unavailable", "sandbox-unavailable", "gpu-unavailable",
];

/** Why it did not go on. */
export function cause(code: Code): string {
  return t(CAUSES.includes(code) ? `cause-${code}` : "cause-other");
}

/** How its program ended. */
export function exit({ kind, number }: Exit): string {
  return t(`exit-${kind}`, { number });
}

/** What it may take at most, one text each. */
export function limits(to: LimitsSection): string[] {
  const all: string[] = [];
  if (to.memory !== undefined) all.push(t("limit-memory", { size: bytes(to.memory) }));
  if (to.cpu_percent !== undefined) all.push(t("limit-cpu", { percent: to.cpu_percent }));
  if (to.processes !== undefined) all.push(t("limit-processes", { count: to.processes }));
  if (to.files !== undefined) all.push(t("limit-files", { count: to.files }));
  return all;
}

/** Where programs on this machine reach it: the name of each port and its address. */
export function addresses(service: ServiceStatus): [string, string][] {
  return Object.entries(service.ports ?? {}).map(([name, port]) => [name, `127.0.0.1:${port}`]);
}

/** Memory of GPUs that its engine says that it took; none where it says nothing of one. */
export function gpuMemory(service: ServiceStatus): number | null {
  // `CUDA0`, `Vulkan1`; but neither `CPU` nor `CUDA_Host`, which lie in main memory.
  const on = (service.report?.buffers ?? []).filter((buffer) => /\d$/.test(buffer.device) && !buffer.device.startsWith("CPU"));
  return on.length === 0 ? null : on.reduce((sum, buffer) => sum + buffer.size, 0);
}
