/** Light, dark, or as the system says. */
export type Theme = "system" | "light" | "dark";

/** Every theme, in the order of the menu. */
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const KEY = "las.theme";
const kept = localStorage.getItem(KEY);
const state = $state<{ theme: Theme }>({ theme: THEMES.find((theme) => theme === kept) ?? "system" });

function apply(): void {
  document.documentElement.dataset["theme"] = state.theme;
}
apply();

/** The theme chosen. */
export function theme(): Theme {
  return state.theme;
}

/** Changes the theme and remembers it. */
export function setTheme(value: Theme): void {
  state.theme = value;
  localStorage.setItem(KEY, value);
  apply();
}
