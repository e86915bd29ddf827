import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

/** A language of the page, with the name it gives itself. */
export type Language = "en" | "zh-CN";

/** Every language, in the order of the menu. */
export const LANGUAGES: readonly Language[] = ["en", "zh-CN"];

/** What a text needs, by name. */
export type Args = Record<string, FluentVariable>;

/** The command line's own words stay out of the page. */
const files = import.meta.glob<string>(["../../../locales/*/*.ftl", "!../../../locales/*/cli.ftl"], {
  query: "?raw",
  import: "default",
  eager: true,
});

const bundles = new Map<Language, FluentBundle>(
  LANGUAGES.map((language) => {
    // Only left-to-right scripts: isolation marks would only end up in copied text.
    const bundle = new FluentBundle(language, { useIsolating: false });
    for (const [path, text] of Object.entries(files)) {
      if (path.includes(`/${language}/`)) bundle.addResource(new FluentResource(text), { allowOverrides: true });
    }
    return [language, bundle];
  }),
);

/** The text of a key in a language, else in English, else nothing. */
export function lookup(language: Language, key: string, args?: Args): string | null {
  const [id = "", attribute] = key.split(".");
  for (const candidate of [language, "en"] as const) {
    const bundle = bundles.get(candidate);
    const message = bundle?.getMessage(id);
    const pattern = attribute ? message?.attributes[attribute] : message?.value;
    if (bundle && pattern) return bundle.formatPattern(pattern, args, []);
  }
  return null;
}

/** The language that fits best what the person's system asks for. */
export function negotiate(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return "zh-CN";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}
