const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB"] as const;
const COUNT_UNITS = ["", "K", "M", "B", "T"] as const;

/** A number with at most one decimal and the largest decimal unit that keeps it at least 1. */
function scaled(value: number, units: readonly string[], space: string): string {
  let unit = 0;
  let scale = 1;
  while (unit < units.length - 1 && value >= scale * 1000) {
    unit += 1;
    scale *= 1000;
  }
  const tenths = Math.floor((value * 10) / scale);
  const text = unit === 0 || tenths % 10 === 0 || tenths >= 1000 ? String(Math.floor(tenths / 10)) : (tenths / 10).toFixed(1);
  return `${text}${units[unit] ? space + units[unit] : ""}`;
}

/** Bytes, as the core and the command line write them: `1.1 GB`. */
export function bytes(value: number): string {
  return scaled(value, BYTE_UNITS, " ");
}

/** Parameters of a model: `135M`, `14B`. */
export function parameters(value: number): string {
  return scaled(value, COUNT_UNITS, "");
}

/** A rate in thousandths a second, with no more digits than are worth it: `5.8`, `12`. */
export function perSecond(thousandths: number): string {
  return thousandths >= 10_000 ? String(Math.floor(thousandths / 1000)) : (Math.floor(thousandths / 100) / 10).toFixed(1);
}

/** Two amounts that share a unit: `11 / 32 GB`. */
export function bytesOf(part: number, whole: number): string {
  const [number = "", unit = ""] = bytes(whole).split(" ");
  const scale = 1000 ** Math.max(0, BYTE_UNITS.indexOf(unit as (typeof BYTE_UNITS)[number]));
  const of = part / scale;
  return `${of >= 100 || Number.isInteger(of) ? Math.round(of) : of.toFixed(1)} / ${number} ${unit}`;
}

/** A share from 0 to 1; 0 where there is no whole. */
export function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** The first twelve digits of a digest, without its algorithm. */
export function shortDigest(digest: string): string {
  return digest.replace(/^[a-z0-9]+:/, "").slice(0, 12);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** How long ago, in words. Clocks that differ a little make no future. */
export function ago(moment: string, language: string, now: number): string {
  const passed = Math.min(0, Date.parse(moment) - now);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(passed) >= step) ?? (["second", 1000] as const);
  const count = Math.trunc(passed / size);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(count === 0 ? 0 : count, unit);
}

/** A moment as date and time, to the minute or to the second. */
export function moment(value: string, language: string, to: "minute" | "second" = "minute"): string {
  const timeStyle = to === "minute" ? "short" : "medium";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle }).format(new Date(value));
}

/** The time of day of a moment, here, to the second: the same in every language. */
export function clock(value: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(new Date(value));
}

/** How long something lasts, in its two largest units: `3 days 4 hours`. Clocks that differ a little make no debt. */
export function lasting(milliseconds: number, language: string): string {
  let rest = Math.max(0, milliseconds);
  const parts = STEPS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(({ count }) => count > 0);
  const said = shown.map(({ unit, count }) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count));
  return said.join(" ");
}

/** Seconds that are left, as on a clock and as the command line writes them: `0:41`, `3:00:12`. */
export function countdown(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A number with a fixed count of decimals, in the language's form. */
export function decimal(value: number, digits: number, language: string): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
