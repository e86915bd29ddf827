import type { Backend } from "./backend";

/** The backend that fits where the page is shown; only that one is loaded. */
export async function openBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) {
    return new (await import("./tauri")).TauriBackend();
  }
  const { HttpBackend, takeToken } = await import("./http");
  return new HttpBackend(takeToken(location, sessionStorage, history));
}
