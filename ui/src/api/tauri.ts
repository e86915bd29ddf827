import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Backend, ChatChunk, ChatRequest, TrayFailure } from "./backend";
import { asError } from "./error";
import type { CommandName, Event } from "./types";

/** The core behind the window's own commands. */
export class TauriBackend implements Backend {
  readonly actor = "window";
  private conversations = 0;

  async call<T>(command: CommandName, args: object = {}): Promise<T> {
    try {
      return await invoke<T>("call", { command, arguments: args });
    } catch (thrown) {
      throw asError(thrown);
    }
  }

  async chat(request: ChatRequest, onChunk: (chunk: ChatChunk) => void, signal: AbortSignal): Promise<void> {
    const id = ++this.conversations;
    const channel = new Channel<string>();
    channel.onmessage = (payload) => {
      if (!signal.aborted) onChunk(JSON.parse(payload) as ChatChunk);
    };
    const cancel = () => void invoke("chat_cancel", { id });
    signal.addEventListener("abort", cancel);
    try {
      await invoke("chat", { id, request, channel });
    } catch (thrown) {
      if (!signal.aborted) throw asError(thrown);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  events(onEvent: (event: Event) => void): () => void {
    return heard("core-event", onEvent);
  }

  trayFailures(onFailure: (failure: TrayFailure) => void): () => void {
    return heard("tray-failure", onFailure);
  }
}

/** Hears an event of the window until the returned function is called. */
function heard<T>(name: string, listener: (payload: T) => void): () => void {
  let ended = false;
  let stop = () => {};
  void listen<T>(name, ({ payload }) => listener(payload)).then((unlisten) => {
    if (ended) unlisten();
    stop = unlisten;
  });
  return () => {
    ended = true;
    stop();
  };
}
