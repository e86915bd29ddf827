import type { CommandName, ErrorBody, Event } from "./types";

/** What a conversation sends: the OpenAI form, always streamed. */
export interface ChatRequest {
  model: string;
  messages: { role: "system" | "user" | "assistant"; content: string }[];
  max_tokens?: number;
  temperature?: number;
}

/** The parts of a streamed piece that the page uses. */
export interface ChatChunk {
  choices?: { delta?: { content?: string | null; reasoning_content?: string | null }; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
  timings?: { predicted_per_second?: number; prompt_ms?: number; predicted_n?: number };
  error?: { message?: string; las?: ErrorBody };
}

/** Something that was asked for in the tray and could not be done. */
export interface TrayFailure {
  /** What it was asked of; none where that was an operation. */
  service: string | null;
  error: ErrorBody;
}

/** The one way from the page to the core: inside the window by commands, in a browser by HTTP. */
export interface Backend {
  /** Written to the ledger as who approved a plan. */
  readonly actor: "window" | "api";
  /** Runs a command of the table. Rejects with an `ErrorBody`. Once aborted, nobody waits for the answer any more. */
  call<T>(command: CommandName, args?: object, signal?: AbortSignal): Promise<T>;
  /** Streams an answer; resolves at its end. Rejects with an `ErrorBody`; aborting is not an error. */
  chat(request: ChatRequest, onChunk: (chunk: ChatChunk) => void, signal: AbortSignal): Promise<void>;
  /** Listens for events until the returned function is called. Events are hints: read the state itself. */
  events(onEvent: (event: Event) => void): () => void;
  /** Hears what the tray could not do until the returned function is called; a browser has no tray. */
  trayFailures(onFailure: (failure: TrayFailure) => void): () => void;
}
