import type { Backend } from "./backend";
import type { CommandName } from "./types";

let backend: Backend | undefined;

/** Sets the backend, once, before the page is mounted; tests set a fake. */
export function setBackend(value: Backend): void {
  backend = value;
}

/** The backend of this page. */
export function api(): Backend {
  if (!backend) throw new Error("the backend is not set");
  return backend;
}

/** Runs a command; what is aborted is not waited for any more. */
export function call<T>(command: CommandName, args: object = {}, signal?: AbortSignal): Promise<T> {
  return api().call<T>(command, args, signal);
}
