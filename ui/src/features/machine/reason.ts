import type { Reason } from "../../api/types";
import type { Args } from "../../i18n/bundles";

/** A reason in words: what holds, or what would lift a refusal. */
export function reasonText(reason: Reason, form: "reason" | "lift", t: (key: string, args?: Args) => string): string {
  const by = reason.overridden_by;
  if (by) return t("reason-override", { id: by.id, reason: by.reason, value: by.value, before: by.before ?? "none" });
  const { rule, file, line, have, bound } = reason;
  const key = reason.field === "" || reason.comparison === "always" ? `${form}-always` : `${form}-${reason.field}-${reason.comparison}`;
  return t(key, { rule, file, line: String(line), have, bound });
}
