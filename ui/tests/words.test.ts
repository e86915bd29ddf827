import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LANGUAGES, lookup, negotiate } from "../src/i18n/bundles";

const LOCALES = join(import.meta.dirname, "../../locales");
const SOURCES = join(import.meta.dirname, "../src");

function keys(language: string, file: string): string[] {
  const text = readFileSync(join(LOCALES, language, file), "utf8");
  return [...text.matchAll(/^([a-zA-Z][\w-]*) *=/gm)].map((found) => found[1] ?? "").sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : /\.(svelte|ts)$/.test(name) ? [path] : [];
  });
}

/** Every key that the sources name, and the beginnings of those that they put together. */
function used(): { whole: Set<string>; beginnings: Set<string> } {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const path of sources(SOURCES)) {
    const text = readFileSync(path, "utf8");
    for (const call of text.matchAll(/\b(?:t|maybe)\(((?:[^()]|\([^()]*\))*)\)/g)) {
      const argument = call[1] ?? "";
      const first = argument.split(/,\s*\{|,\s*\w+\.args/)[0] ?? "";
      for (const literal of first.matchAll(/"([a-z][\w-]*(?:\.\w+)?)"/g)) {
        const before = first.slice(0, literal.index).trimEnd();
        if (/(===|!==)$/.test(before)) continue;
        whole.add(literal[1] ?? "");
      }
      for (const template of first.matchAll(/`([a-z][\w-]*-)\$\{/g)) beginnings.add(template[1] ?? "");
    }
  }
  return { whole, beginnings };
}

test("both languages have the same keys, each once", () => {
  for (const file of readdirSync(join(LOCALES, "en"))) {
    const english = keys("en", file);
    expect(new Set(english).size, file).toBe(english.length);
    expect(keys("zh-CN", file), file).toEqual(english);
  }
});

test("no file redefines a key of another", () => {
  const files = readdirSync(join(LOCALES, "en"));
  const all = files.flatMap((file) => keys("en", file));
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
});

test("every key that the page uses has a text in every language", () => {
  const { whole, beginnings } = used();
  expect(whole.size).toBeGreaterThan(120);
  expect(beginnings.size).toBeGreaterThan(10);
  for (const language of LANGUAGES) {
    const known = readdirSync(join(LOCALES, language)).flatMap((file) => keys(language, file));
    const missing = [...whole].filter((key) => !known.includes(key.split(".")[0] ?? ""));
    expect(missing, language).toEqual([]);
    const empty = [...beginnings].filter((start) => !known.some((key) => key.startsWith(start)));
    expect(empty, language).toEqual([]);
  }
});

test("every text of the page's own file is used", () => {
  const all = sources(SOURCES).map((path) => readFileSync(path, "utf8")).join("\n");
  const { beginnings } = used();
  const unused = keys("en", "ui.ftl").filter(
    (key) => !key.startsWith("tray-") && !all.includes(`"${key}"`) && ![...beginnings].some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});

test("every code of an error has a text and a remedy", () => {
  const rust = readFileSync(join(import.meta.dirname, "../../crates/types/src/failure.rs"), "utf8");
  const codes = [...rust.matchAll(/^ {4}\w+ = "([a-z-]+)"/gm)].map((found) => found[1] ?? "");
  expect(codes.length).toBeGreaterThan(30);
  for (const language of LANGUAGES) {
    for (const code of codes) {
      expect(lookup(language, `error-${code}`), `${language} ${code}`).not.toBeNull();
      expect(lookup(language, `error-${code}.remedy`), `${language} ${code}`).not.toBeNull();
    }
  }
});

test("a text takes its arguments and falls back to English", () => {
  expect(lookup("en", "generation", { number: 14 })).toBe("Generation 14");
  expect(lookup("zh-CN", "generation", { number: 14 })).toBe("第 14 代");
  expect(lookup("en", "no-such-key")).toBeNull();
});

test("the nearest language is taken", () => {
  expect(negotiate(["de-DE", "zh-Hans"])).toBe("zh-CN");
  expect(negotiate(["en-GB", "zh-CN"])).toBe("en");
  expect(negotiate(["de"])).toBe("en");
});
