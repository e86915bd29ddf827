// What services took over the last minutes, as it was seen: nothing is filled in where nobody looked.

import type { ServiceStatus } from "../../api/types";

/** What one service took when somebody looked. */
export interface Sample {
  /** When, in milliseconds. */
  at: number;
  /** Main memory in bytes; none without a process. */
  memory: number | null;
  /** Time of processors since the look before, in hundredths of one; none at the first look at a process. */
  cpu: number | null;
}

/** The figures of a look that the next one is compared with. */
interface Look {
  at: number;
  pid: number;
  cpu: number;
}

/** As far back as a chart goes. */
export const WINDOW_MS = 10 * 60 * 1000;
/** Looks that are nearer to each other tell more about the clock than about the service. */
const NEAREST_MS = 900;
/** With a longer pause nobody knows what was in between. */
export const GAP_MS = 20_000;

/** Samples of every service that was seen. */
export class Samples {
  private readonly all = new Map<string, Sample[]>();
  private readonly looks = new Map<string, Look>();

  /** Adds what was seen at a moment. */
  add(services: readonly ServiceStatus[], at: number): void {
    for (const name of [...this.all.keys()]) {
      if (!services.some((service) => service.name === name)) this.forget(name);
    }
    for (const service of services) {
      const series = this.all.get(service.name) ?? [];
      const last = series.at(-1);
      if (last && at - last.at < NEAREST_MS) continue;
      series.push({ at, memory: service.taken?.memory ?? service.memory, cpu: this.load(service, at) });
      this.all.set(service.name, series.filter((sample) => at - sample.at <= WINDOW_MS));
    }
  }

  /** The samples of a service, oldest first. */
  of(name: string): readonly Sample[] {
    return this.all.get(name) ?? [];
  }

  private forget(name: string): void {
    this.all.delete(name);
    this.looks.delete(name);
  }

  /** What it took since the look before: known only of the same process, and not when one that it started has ended. */
  private load({ name, pid, taken }: ServiceStatus, at: number): number | null {
    const before = this.looks.get(name);
    if (pid === null || !taken) {
      this.looks.delete(name);
      return null;
    }
    this.looks.set(name, { at, pid, cpu: taken.cpu_ms });
    if (!before || before.pid !== pid || at - before.at > GAP_MS || taken.cpu_ms < before.cpu) return null;
    return ((taken.cpu_ms - before.cpu) / (at - before.at)) * 100;
  }
}

/** The lines of a chart: runs of samples that have a value and no pause between them. */
export function runs(samples: readonly Sample[], value: (sample: Sample) => number | null): [number, number][][] {
  const lines: [number, number][][] = [];
  let before: number | null = null;
  for (const sample of samples) {
    const here = value(sample);
    if (here === null) {
      before = null;
      continue;
    }
    if (before === null || sample.at - before > GAP_MS) lines.push([]);
    lines.at(-1)?.push([sample.at, here]);
    before = sample.at;
  }
  return lines;
}
