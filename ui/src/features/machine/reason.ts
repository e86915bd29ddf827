import type { Reason } from "../../api/types";
import type { Args } from "../../i18n/bundles";

/** A reason in words: what holds, or what would lift a refusal. */
export function reasonText(
  reason: Reason,
  form: "reason" | "lift",
  t: (key: string, args?: Args) => string,
  maybe: (key: string, args?: Args) => string | null,
): string {
  const by = reason.overridden_by;
  if (by) return t("reason-override", { id: by.id, reason: by.reason, value: by.value, before: by.before ?? "none" });
  const { rule, file, line, have, bound } = reason;
  const key = reason.field === "" || reason.comparison === "always" ? `${form}-always` : `${form}-${reason.field}-${reason.comparison}`;
  const args = { field: reason.field, rule, file, line: String(line), have, bound };
  // What has no text of its own is told by the field's name.
  return maybe(key, args) ?? t(`${form}-${reason.comparison}`, args);
}
