import type { ErrorBody, Operation } from "./types";

/** Whatever was thrown, as the body of an error. */
export function asError(thrown: unknown): ErrorBody {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    const args = "args" in thrown && typeof thrown.args === "object" && thrown.args !== null ? thrown.args : {};
    return { ...(thrown as ErrorBody), args: args as ErrorBody["args"] };
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", args: { detail } };
}

/** The failure of an operation, if it has one. */
export function failureOf(operation: Operation): ErrorBody | null {
  if (!operation.failure) return null;
  const [code, args] = operation.failure;
  return { code, args, operation: operation.id };
}
