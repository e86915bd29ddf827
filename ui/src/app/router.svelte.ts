/** The pages, in the order of the rail. */
export const PAGES = ["home", "chat", "models", "modules", "services", "history", "machine", "settings"] as const;

/** A page with a place in the rail. */
export type PageName = (typeof PAGES)[number];
/** Every address: the pages, and the first run. */
export type Address = PageName | "welcome";

interface Place {
  address: Address | null;
  /** The one thing that a page is about: a service. */
  subject: string | null;
}

/** An address that somebody wrote by hand may be none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function read(): Place {
  const [name = "", subject] = location.hash.replace(/^#\/?/, "").split("?")[0]?.split("/") ?? [];
  const address = name === "welcome" ? name : (PAGES.find((page) => page === name) ?? null);
  return { address, subject: address !== null && subject ? decoded(subject) : null };
}

const state = $state<Place>(read());
addEventListener("hashchange", () => Object.assign(state, read()));

/** What the address names; nothing at the start. */
export function address(): Address | null {
  return state.address;
}

/** What the page is about, where it is about one thing. */
export function subject(): string | null {
  return state.subject;
}

/** The address of a page, for links. */
export function href(to: Address, about?: string): string {
  return about === undefined ? `#/${to}` : `#/${to}/${encodeURIComponent(about)}`;
}

/** Goes to a page. */
export function go(to: Address, about?: string): void {
  location.hash = href(to, about);
  Object.assign(state, { address: to, subject: about ?? null });
}
