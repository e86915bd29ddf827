import { beforeEach, expect, test, vi } from "vitest";
import type { ChatChunk, ChatRequest } from "../src/api/backend";
import { setBackend } from "../src/api/current";
import { Conversation } from "../src/features/chat/conversation.svelte";

const requests: ChatRequest[] = [];
let answer: (onChunk: (chunk: ChatChunk) => void, signal: AbortSignal) => Promise<void>;

beforeEach(() => {
  requests.length = 0;
  setBackend({
    actor: "api",
    call: () => Promise.reject(new Error("not used")),
    events: () => () => undefined,
    trayFailures: () => () => undefined,
    chat: (request, onChunk, signal) => {
      requests.push(request);
      return answer(onChunk, signal);
    },
  });
});

const says = (text: string) => (onChunk: (chunk: ChatChunk) => void) => {
  onChunk({ choices: [{ delta: { content: text } }] });
  return Promise.resolve();
};

test("an answer is kept with the engine's own figures, and told again in the next turn", async () => {
  const conversation = new Conversation();
  answer = async (onChunk) => {
    await says("Hel")(onChunk);
    await says("lo")(onChunk);
    onChunk({ choices: [], usage: { completion_tokens: 2 }, timings: { predicted_per_second: 143.2 } });
  };
  await conversation.ask("Hi", "m", null);
  expect(conversation.messages[1]).toMatchObject({ role: "assistant", content: "Hello", rate: 143.2, tokens: 2, stopped: false });
  await conversation.ask("And?", "m", null);
  expect(requests[1]?.messages.map((message) => message.content)).toEqual(["Hi", "Hello", "And?"]);
});

test("a model is loaded first, and a failure of that is the error shown", async () => {
  const conversation = new Conversation();
  const load = vi.fn(() => Promise.reject({ code: "engine-start-failed", args: { name: "m" } }));
  await conversation.ask("Hi", "m", load);
  expect(load).toHaveBeenCalledOnce();
  expect(requests).toEqual([]);
  expect(conversation.error).toEqual({ code: "engine-start-failed", args: { name: "m" } });
  expect(conversation.answering).toBe(false);
});

test("a question without an answer is not told again", async () => {
  const conversation = new Conversation();
  answer = () => Promise.reject({ code: "engine-stopped", args: {} });
  await conversation.ask("Lost", "m", null);
  answer = says("Yes");
  await conversation.ask("Again", "m", null);
  expect(requests[1]?.messages.map((message) => message.content)).toEqual(["Again"]);
});

test("stopping keeps what came", async () => {
  const conversation = new Conversation();
  answer = async (onChunk, signal) => {
    await says("Once")(onChunk);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  };
  const asked = conversation.ask("A story", "m", null);
  await vi.waitFor(() => expect(conversation.messages[1]?.content).toBe("Once"));
  conversation.stop();
  await asked;
  expect(conversation.messages[1]).toMatchObject({ content: "Once", stopped: true });
  expect(conversation.error).toBeNull();
});
