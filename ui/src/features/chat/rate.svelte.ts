const rates = $state<Record<string, number>>({});

/** Remembers how fast a model last answered, in tokens a second. */
export function keepRate(model: string, rate: number): void {
  rates[model] = rate;
}

/** How fast a model last answered in this window. */
export function lastRate(model: string): number | null {
  return rates[model] ?? null;
}
