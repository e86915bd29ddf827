import { expect, test } from "vitest";
import { HttpBackend, route, takeToken } from "../src/api/http";
import { type CommandName, ROUTES } from "../src/api/types";

const ARGUMENTS: Record<string, string> = { id: "a/b", name: "llama.cpp", number: "3", capability: "runtime:llama.cpp" };

test("every command has a route whose path is filled", () => {
  for (const command of Object.keys(ROUTES) as CommandName[]) {
    const built = route(command, ARGUMENTS);
    expect(built.method).toBe(ROUTES[command][0]);
    expect(built.path).not.toMatch(/[{}]/);
    expect(built.body === null, command).toBe(built.method !== "POST");
  }
});

test("arguments go into the path, the query or the body", () => {
  expect(route("plan_approve", { id: "a/b", actor: "api" })).toEqual({
    method: "POST",
    path: "/v1/plans/a%2Fb/approve",
    body: '{"actor":"api"}',
  });
  expect(route("module_list", { category: "runtime" }).path).toBe("/v1/modules?category=runtime");
  expect(route("module_list", { category: null }).path).toBe("/v1/modules");
});

test("the token leaves the address and is kept for the session", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  const shown: unknown[] = [];
  const past = { replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(url) };
  const place = { hash: "#token=se%2Bcret", pathname: "/", search: "" };
  expect(takeToken(place, store, past)).toBe("se+cret");
  expect(shown).toEqual(["/#/"]);
  expect(takeToken({ ...place, hash: "#/home" }, store, past)).toBe("se+cret");
});

function answering(response: Response, seen: RequestInit[] = []): HttpBackend {
  return new HttpBackend("secret", (_, init) => {
    seen.push(init ?? {});
    return Promise.resolve(response);
  });
}

test("a call shows the token and gives the answer", async () => {
  const seen: RequestInit[] = [];
  const backend = answering(Response.json({ needed: true, goals: [] }), seen);
  expect(await backend.call("setup_show")).toEqual({ needed: true, goals: [] });
  expect(seen[0]?.headers).toEqual({ authorization: "Bearer secret" });
});

test("a refusal is an error with its code, in either form of body", async () => {
  const plain = answering(Response.json({ code: "plan-stale", args: { id: "1" } }, { status: 409 }));
  await expect(plain.call("plan_approve", { id: "1" })).rejects.toEqual({ code: "plan-stale", args: { id: "1" } });
  const openai = answering(Response.json({ error: { message: "x", las: { code: "model-not-found", args: { name: "m" } } } }, { status: 404 }));
  const asked = openai.chat({ model: "m", messages: [] }, () => undefined, new AbortController().signal);
  await expect(asked).rejects.toEqual({ code: "model-not-found", args: { name: "m" } });
});

test("an answer is streamed piece by piece, whatever the borders of the packets", async () => {
  const text = 'data: {"choices":[{"delta":{"content":"Hé"}}]}\r\n\r\n: note\n\ndata: {"choices":[{"delta":{"content":"llo"}}]}\n\ndata: [DONE]\n\n';
  const raw = new TextEncoder().encode(text);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < raw.length; at += 7) controller.enqueue(raw.slice(at, at + 7));
      controller.close();
    },
  });
  const seen: string[] = [];
  await answering(new Response(stream)).chat(
    { model: "m", messages: [] },
    (chunk) => seen.push(chunk.choices?.[0]?.delta?.content ?? ""),
    new AbortController().signal,
  );
  expect(seen).toEqual(["Hé", "llo"]);
});

test("an error inside a stream is not swallowed", async () => {
  const body = 'data: {"error":{"message":"gone","las":{"code":"engine-stopped","args":{"name":"m"}}}}\n\n';
  const asked = answering(new Response(body)).chat({ model: "m", messages: [] }, () => undefined, new AbortController().signal);
  await expect(asked).rejects.toEqual({ code: "engine-stopped", args: { name: "m" } });
});
