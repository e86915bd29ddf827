import { expect, test } from "vitest";
import type { Operation, ServiceStatus } from "../src/api/types";
import { happenings, stretches } from "../src/features/services/past";
import { runs, Samples } from "../src/features/services/samples";
import { parts } from "../src/features/services/log.svelte";
import { lasting } from "../src/shared/format";

function service(more: Partial<ServiceStatus>): ServiceStatus {
  return {
    name: "redis", module: "redis", model: null, state: "ready", since: "2026-01-01T10:00:00Z", pid: 7, memory: 1000, restarts: 0,
    report: null, last_lines: [], ...more,
  };
}
const taken = (cpu_ms: number) => ({ processes: 1, memory: 2000, cpu_ms });

test("the load is what was taken since the look before, of the same process only", () => {
  const samples = new Samples();
  samples.add([service({ taken: taken(100) })], 10_000);
  samples.add([service({ taken: taken(600) })], 12_000);
  // Too near to tell anything.
  samples.add([service({ taken: taken(700) })], 12_100);
  samples.add([service({ taken: taken(50), pid: 8 })], 14_000);
  samples.add([service({ pid: null, memory: null })], 16_000);
  samples.add([service({ taken: taken(60), pid: 8 })], 18_000);
  // A child of it has ended, and its time is not counted any more.
  samples.add([service({ taken: taken(40), pid: 8 })], 20_000);
  // Nobody looked for a while.
  samples.add([service({ taken: taken(90), pid: 8 })], 60_000);
  expect(samples.of("redis").map(({ cpu }) => cpu)).toEqual([null, 25, null, null, null, null, null]);
  expect(samples.of("redis").map(({ memory }) => memory)).toEqual([2000, 2000, 2000, null, 2000, 2000, 2000]);
});

test("a line ends where nothing was seen", () => {
  const samples = new Samples();
  for (const at of [0, 2000, 4000]) samples.add([service({ taken: taken(at) })], at);
  samples.add([service({ pid: null, memory: null })], 6000);
  samples.add([service({ taken: taken(0) })], 8000);
  samples.add([service({ taken: taken(0) })], 100_000);
  expect(runs(samples.of("redis"), ({ memory }) => memory).map((line) => line.map(([at]) => at))).toEqual([[0, 2000, 4000], [8000], [100_000]]);
  // What is removed is forgotten, and what is old is left out.
  samples.add([service({ taken: taken(0) })], 700_000);
  expect(samples.of("redis").map(({ at }) => at)).toEqual([100_000, 700_000]);
  samples.add([], 702_000);
  expect(samples.of("redis")).toEqual([]);
});

test("a day has the states that are known, and a gap before them", () => {
  const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);
  const moments: ServiceStatus["moments"] = [
    { at: "2026-01-01T10:00:00Z", state: "ready", code: null },
    { at: "2026-01-01T11:00:00Z", state: "restarting", code: "service-ended" },
    { at: "2026-01-01T11:00:02Z", state: "ready", code: null },
  ];
  const stopped = service({ moments, state: "stopped", since: "2026-01-01T11:30:00Z" });
  const said = stretches(stopped, at("09:00:00"), at("12:00:00")).map(({ state, from, to }) => [state, (to - from) / 1000]);
  expect(said).toEqual([[null, 3600], ["ready", 3600], ["restarting", 2], ["ready", 1798], ["stopped", 1800]]);
  // One that nothing is known of but how it is now.
  expect(stretches(service({ state: "stopped" }), at("09:00:00"), at("12:00:00")).map(({ state }) => state)).toEqual([null, "stopped"]);
});

test("what happened and what was asked for are told in one order, the latest first", () => {
  const asked = (kind: "service_start" | "service_stop", name: string, started_at: string) =>
    ({ id: `${kind}${name}`, intent: { kind, service: name }, started_at }) as unknown as Operation;
  const moments: ServiceStatus["moments"] = [{ at: "2026-01-01T10:00:00.120Z", state: "ready", code: null }];
  const all = happenings(service({ moments }), [
    asked("service_start", "redis", "2026-01-01T10:00:00Z"),
    asked("service_stop", "redis", "2026-01-01T11:00:00Z"),
    asked("service_stop", "nginx", "2026-01-01T12:00:00Z"),
  ]);
  expect(all.map((one) => ("moment" in one ? one.moment.state : one.operation.intent.kind))).toEqual(["service_stop", "ready", "service_start"]);
});

test("what was searched for is told apart from what is around it", () => {
  expect(parts("a b a", "a")).toEqual(["", "a", " b ", "a", ""]);
  expect(parts("a b", "")).toEqual(["a b"]);
});

test("a length of time has its two largest units", () => {
  expect(lasting(0, "en")).toBe("0 seconds");
  expect(lasting(-5000, "en")).toBe("0 seconds");
  expect(lasting(61_000, "en")).toBe("1 minute 1 second");
  expect(lasting(7_200_000, "en")).toBe("2 hours");
  expect(lasting(3 * 86_400_000 + 4 * 3_600_000 + 60_000, "en")).toBe("3 days 4 hours");
});
