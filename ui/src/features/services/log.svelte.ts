// The log of one service, followed for as long as somebody looks at it.

import { call } from "../../api/current";
import { asError } from "../../api/error";
import type { ErrorBody, LogLine, LogPage } from "../../api/types";

/** Lines that are kept on the page: as many as one answer holds. */
const KEPT = 5000;
/** How long one question waits for more, in seconds. */
const WAIT = 20;
const AGAIN_MS = 2000;

/** A line with a number of its own, by which the page knows it again. */
export type NumberedLine = LogLine & { number: number };

/** What is shown of a log, and what came while it stood still. */
export class Log {
  lines = $state.raw<NumberedLine[]>([]);
  /** Lines that came since it was told to stand still. */
  waiting = $state.raw<NumberedLine[]>([]);
  paused = $state(false);
  missed = $state(false);
  loaded = $state(false);
  error = $state<ErrorBody | null>(null);
  private count = 0;

  /** Shows what came meanwhile and goes on, or stands still. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (paused) return;
    this.lines = [...this.lines, ...this.waiting].slice(-KEPT);
    this.waiting = [];
  }

  /**
   * Asks for the last lines that contain a text, then again and again for those that came since. After an error it tries
   * again; the returned function ends it.
   */
  follow(name: string, contains: string): () => void {
    const ended = new AbortController();
    void this.keepAsking(name, contains, ended.signal);
    return () => ended.abort();
  }

  private async keepAsking(name: string, contains: string, signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    while (!signal.aborted) {
      try {
        const more = after === undefined ? {} : { after, wait: WAIT };
        const page = await call<LogPage>("service_logs", { name, contains, ...more, lines: KEPT }, signal);
        if (signal.aborted) return;
        this.take(page, contains, after === undefined);
        after = page.next;
      } catch (thrown) {
        if (signal.aborted) return;
        this.error = asError(thrown);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  private take(page: LogPage, contains: string, anew: boolean): void {
    // The core also looks at the time and the stream of a line; whoever searches means what was said.
    const said = page.lines.filter((line) => line.text.includes(contains) || line.stream === "note");
    const lines = said.map((line) => ({ ...line, number: ++this.count }));
    this.error = null;
    this.loaded = true;
    if (anew) {
      this.lines = lines;
      this.waiting = [];
      this.missed = page.missed;
      return;
    }
    this.missed ||= page.missed;
    if (lines.length === 0) return;
    if (this.paused) this.waiting = [...this.waiting, ...lines].slice(-KEPT);
    else this.lines = [...this.lines, ...lines].slice(-KEPT);
  }
}

/** A line as the command line shows it. */
export function asText(line: LogLine): string {
  return `${line.at} ${line.stream} ${line.text}`;
}

/** A text in parts: those at odd places are what was searched for. */
export function parts(text: string, sought: string): string[] {
  if (sought === "") return [text];
  return text.split(sought).flatMap((part, index) => (index === 0 ? [part] : [sought, part]));
}
