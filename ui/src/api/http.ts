import type { Backend, ChatChunk, ChatRequest } from "./backend";
import { asError } from "./error";
import { payloads } from "./sse";
import { type CommandName, type ErrorBody, type Event, ROUTES } from "./types";

const TOKEN_KEY = "las.token";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** A request as `fetch` takes it. */
export interface Route {
  method: string;
  path: string;
  body: string | null;
}

/** Fills a command's route: arguments into the path, the rest into the query or the body. */
export function route(command: CommandName, args: object): Route {
  const [method, template] = ROUTES[command];
  const rest = new Map(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (method === "POST") {
    return { method, path, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)])).toString();
  return { method, path: query ? `${path}?${query}` : path, body: null };
}

/** Takes the token out of the address, so that it is neither seen nor kept in the history. */
export function takeToken(
  place: Pick<Location, "hash" | "pathname" | "search">,
  store: Pick<Storage, "getItem" | "setItem">,
  past: Pick<History, "replaceState">,
): string | null {
  const found = /^#token=([^&]+)/.exec(place.hash)?.[1];
  if (!found) return store.getItem(TOKEN_KEY);
  const token = decodeURIComponent(found);
  store.setItem(TOKEN_KEY, token);
  past.replaceState(null, "", `${place.pathname}${place.search}#/`);
  return token;
}

/** The error of a refused answer; both forms of body are understood. */
async function refusal(response: Response): Promise<ErrorBody> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === "object" && body !== null) {
    const inner = "error" in body ? (body.error as { las?: ErrorBody; message?: string }) : null;
    if (inner?.las) return asError(inner.las);
    if (inner) return { code: "internal", args: { detail: inner.message ?? String(response.status) } };
    if ("code" in body) return asError(body);
  }
  if (response.status === 401) return { code: "unauthorized", args: {} };
  return { code: "internal", args: { detail: `HTTP ${response.status}` } };
}

/** The core behind its REST routes, for a page in a browser. */
export class HttpBackend implements Backend {
  readonly actor = "api";

  constructor(
    private readonly token: string | null,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  private async send(request: Route, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.token) headers["authorization"] = `Bearer ${this.token}`;
    if (request.body !== null) headers["content-type"] = "application/json";
    let response: Response;
    try {
      response = await this.fetcher(request.path, {
        method: request.method,
        headers,
        body: request.body,
        ...(signal ? { signal } : {}),
      });
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw { code: "core-unreachable", args: { socket: location.origin } } satisfies ErrorBody;
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async call<T>(command: CommandName, args: object = {}, signal?: AbortSignal): Promise<T> {
    const response = await this.send(route(command, args), signal);
    const text = await response.text();
    return (text ? JSON.parse(text) : null) as T;
  }

  async chat(request: ChatRequest, onChunk: (chunk: ChatChunk) => void, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } });
    try {
      const response = await this.send({ method: "POST", path: "/v1/chat/completions", body }, signal);
      if (!response.body) return;
      for await (const payload of payloads(response.body)) {
        if (payload === "[DONE]") return;
        const chunk = JSON.parse(payload) as ChatChunk;
        if (chunk.error) throw chunk.error.las ?? { code: "internal", args: { detail: chunk.error.message ?? "" } };
        onChunk(chunk);
      }
    } catch (thrown) {
      if (!signal.aborted) throw asError(thrown);
    }
  }

  events(onEvent: (event: Event) => void): () => void {
    const ended = new AbortController();
    void this.listen(onEvent, ended.signal);
    return () => ended.abort();
  }

  trayFailures(): () => void {
    return () => {};
  }

  /** Reads the stream and opens it again when it ends, each time after a longer pause. */
  private async listen(onEvent: (event: Event) => void, signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const response = await this.send({ method: "GET", path: "/v1/events", body: null }, signal);
        pause = FIRST_PAUSE_MS;
        // What happened while nobody listened is not known: everything is read again.
        onEvent({ event: "events:missed", count: 0 });
        if (response.body) {
          for await (const payload of payloads(response.body)) onEvent(JSON.parse(payload) as Event);
        }
      } catch {
        // The commands show the error; here only the stream is tried again.
      }
      if (signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }
}
