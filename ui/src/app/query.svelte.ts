import { call } from "../api/current";
import { asError } from "../api/error";
import type { CommandName, ErrorBody } from "../api/types";
import { changes } from "./core.svelte";

/** What a page shows of one command: its answer, or why there is none. */
export interface Query<T> {
  readonly data: T | null;
  readonly error: ErrorBody | null;
  again: () => Promise<void>;
}

/** Asks a command when the page opens and again whenever the core changed or the arguments did. */
export function query<T>(command: CommandName, args: () => object = () => ({})): Query<T> {
  const state = $state<{ data: T | null; error: ErrorBody | null }>({ data: null, error: null });
  let latest = 0;
  async function again() {
    const turn = ++latest;
    try {
      const data = await call<T>(command, args());
      if (turn === latest) {
        state.data = data;
        state.error = null;
      }
    } catch (thrown) {
      if (turn === latest) state.error = asError(thrown);
    }
  }
  $effect(() => {
    changes();
    void again();
  });
  return {
    get data() {
      return state.data;
    },
    get error() {
      return state.error;
    },
    again,
  };
}
