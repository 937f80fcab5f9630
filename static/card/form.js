/** Form: what a person filled in, as the body of an entry; twin of card/form.py. `fields` is {name: [texts]}. */
import { toInstant } from "./clock.js";
import { bodyErrors, isInstant, trimmed } from "./entry.js";
import { KINDS } from "./vocabulary.js";

/** → [body, errors] */
export function readForm(kind, fields, nowMs) {
  const body = {};
  const errors = {};
  for (const [name, field] of Object.entries(KINDS[kind].fields)) {
    const texts = (fields[name] ?? []).map(trimmed).filter(Boolean);
    const value = field.type === "override" ? override(fields) : valueOf(field.type, texts, nowMs);
    if (value === UNREADABLE) errors[name] = field.type === "instant" ? "no_clock_time" : "wrong";
    else if (value !== null) body[name] = value;
    if (field.type === "override" && value && !value.reason) errors[name] = "required";
  }
  return [body, { ...bodyErrors(kind, body), ...errors }];
}

const UNREADABLE = Symbol("unreadable");
const NUMBER = /^-?\d{1,3}(\.\d{1,15})?$/;

function valueOf(type, texts, nowMs) {
  const last = texts.at(-1);
  if (last === undefined) return null;
  if (["choices", "entries", "texts"].includes(type)) return texts;
  if (type === "bool") return ["true", "on", "1", "yes"].includes(last);
  if (type === "bool_or_text") return last === "true" ? true : last === "false" ? false : last;
  if (type === "instant") return isInstant(last) ? last : (toInstant(last, nowMs) ?? UNREADABLE);
  if (type === "number") return NUMBER.test(last) ? Number(last) : UNREADABLE;
  return last;
}

function override(fields) {
  const reason = trimmed((fields["override.reason"] ?? []).join(" "));
  const duties = (fields["override.duties"] ?? []).filter(Boolean);
  return duties.length || reason ? { reason, duties } : null;
}
