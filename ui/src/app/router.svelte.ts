/** The pages, in the order of the rail. */
export const PAGES = ["home", "chat", "models", "modules", "services", "history", "machine", "settings"] as const;

/** A page with a place in the rail. */
export type PageName = (typeof PAGES)[number];
/** Every address: the pages, and the first run. */
export type Address = PageName | "welcome";

function read(): Address | null {
  const name = location.hash.replace(/^#\/?/, "").split("?")[0];
  return name === "welcome" ? name : (PAGES.find((page) => page === name) ?? null);
}

const state = $state<{ address: Address | null }>({ address: read() });
addEventListener("hashchange", () => (state.address = read()));

/** What the address names; nothing at the start. */
export function address(): Address | null {
  return state.address;
}

/** The address of a page, for links. */
export function href(to: Address): string {
  return `#/${to}`;
}

/** Goes to a page. */
export function go(to: Address): void {
  location.hash = `/${to}`;
  state.address = to;
}
