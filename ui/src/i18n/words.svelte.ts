import { type Args, type Language, LANGUAGES, lookup, negotiate } from "./bundles";

const KEY = "las.language";

function initial(): Language {
  const kept = localStorage.getItem(KEY);
  return LANGUAGES.find((language) => language === kept) ?? negotiate(navigator.languages);
}

const state = $state<{ language: Language }>({ language: initial() });

/** The language now shown. */
export function language(): Language {
  return state.language;
}

/** Changes the language and remembers it. */
export function setLanguage(value: Language): void {
  state.language = value;
  localStorage.setItem(KEY, value);
}

/** The text of a key; the key itself if no locale has it, so that a gap is seen. */
export function t(key: string, args?: Args): string {
  return lookup(state.language, key, args) ?? key;
}

/** The text of a key, or nothing. */
export function maybe(key: string, args?: Args): string | null {
  return lookup(state.language, key, args);
}
