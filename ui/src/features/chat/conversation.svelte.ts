import { api } from "../../api/current";
import { asError } from "../../api/error";
import type { ErrorBody } from "../../api/types";
import { keepRate } from "./rate.svelte";

/** One message, with what is known about how it came. */
export interface Message {
  role: "user" | "assistant";
  content: string;
  /** Tokens a second, of an answer. */
  rate: number | null;
  /** Milliseconds until the first token. */
  first: number | null;
  /** Tokens of the answer. */
  tokens: number | null;
  /** Whether the reader stopped it. */
  stopped: boolean;
}

/** What the model is told again: questions with their answers. One without an answer would break the turns. */
export function turns(messages: readonly Message[]): Message[] {
  return messages.filter((message, index) => {
    const other = messages[message.role === "user" ? index + 1 : index - 1];
    return message.content !== "" && other !== undefined && other.role !== message.role && other.content !== "";
  });
}

/** A conversation; lives as long as the window. */
export class Conversation {
  messages = $state<Message[]>([]);
  error = $state<ErrorBody | null>(null);
  answering = $state(false);
  loading = $state(false);
  private abort: AbortController | null = null;

  /** Asks, loading the model first where it is not loaded. */
  async ask(text: string, model: string, load: (() => Promise<void>) | null): Promise<void> {
    if (this.answering) return;
    this.error = null;
    this.answering = true;
    const abort = new AbortController();
    this.abort = abort;
    const history = turns(this.messages);
    this.messages.push(plain("user", text));
    try {
      if (load) {
        this.loading = true;
        await load().finally(() => (this.loading = false));
      }
      if (!abort.signal.aborted) await this.answer(model, history, text, abort.signal);
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.answering = false;
      this.abort = null;
    }
  }

  private async answer(model: string, history: Message[], text: string, signal: AbortSignal): Promise<void> {
    this.messages.push(plain("assistant", ""));
    const answer = this.messages[this.messages.length - 1];
    if (!answer) return;
    const asked = performance.now();
    let begun = 0;
    let pieces = 0;
    const messages = [...history, plain("user", text)].map(({ role, content }) => ({ role, content }));
    let failed = true;
    try {
      await api().chat(
        { model, messages },
        (chunk) => {
          const piece = chunk.choices?.[0]?.delta?.content;
          if (piece) {
            if (pieces === 0) {
              begun = performance.now();
              answer.first = begun - asked;
            }
            pieces += 1;
            answer.content += piece;
            const passed = (performance.now() - begun) / 1000;
            if (pieces > 1 && passed > 0.2) answer.rate = (pieces - 1) / passed;
          }
          if (chunk.usage?.completion_tokens) answer.tokens = chunk.usage.completion_tokens;
          // The engine's own count is exact; ours is only shown until it comes.
          if (chunk.timings?.predicted_per_second) answer.rate = chunk.timings.predicted_per_second;
        },
        signal,
      );
      failed = false;
    } finally {
      answer.stopped = signal.aborted;
      if (answer.rate !== null) keepRate(model, answer.rate);
      if (failed && answer.content === "") this.messages.pop();
    }
  }

  /** Stops the answer; what came stays. */
  stop(): void {
    this.abort?.abort();
  }

  /** Begins anew. */
  clear(): void {
    this.stop();
    this.messages = [];
    this.error = null;
  }
}

function plain(role: Message["role"], content: string): Message {
  return { role, content, rate: null, first: null, tokens: null, stopped: false };
}

/** The window's conversation. */
export const conversation = new Conversation();
