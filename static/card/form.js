/** Form: what a person filled in, as the body of an entry; twin of card/form.py. `fields` is {name: [texts]}. */
import { dayNumber, localDay, toClock, toDate, toInstant } from "./clock.js";
import { bodyErrors, isDate, isInstant, trimmed } from "./entry.js";
import { KINDS } from "./vocabulary.js";

/** → [body, errors] */
export function readForm(kind, fields, nowMs) {
  const body = {};
  const errors = {};
  for (const [name, field] of Object.entries(KINDS[kind].fields)) {
    const texts = (fields[name] ?? []).map(trimmed).filter(Boolean);
    const value = field.type === "override" ? override(fields) : valueOf(field.type, texts, nowMs);
    if (value === UNREADABLE) errors[name] = UNREAD[field.type] ?? "wrong";
    else if (value !== null) body[name] = value;
    if (field.type === "override" && value && !value.reason) errors[name] = "required";
  }
  return [body, { ...bodyErrors(kind, body), ...askedToo(kind, body), ...wrongDays(kind, body, nowMs), ...errors }];
}

function askedToo(kind, body) {
  const { fields, asks_one_of = [], asks_when = {} } = KINDS[kind];
  const some = Object.entries(asks_when).every(([name, value]) => body[name] === value) ? asks_one_of : [];
  const long = Object.entries(fields).filter(([name, field]) => Object.hasOwn(body, name) && isLong(field, body[name]));
  const errors = Object.fromEntries(long.map(([name]) => [name, "too_large"]));
  if (some.length && !some.some((name) => Object.hasOwn(body, name))) errors[some[0]] = "one_of_these";
  return { ...errors, ...vital(kind, body) };
}

function vital(kind, body) {
  const { fields = [], unless } = KINDS[kind].vital ?? {};
  return Object.hasOwn(body, unless) ? {} : Object.fromEntries(fields.filter((name) => !Object.hasOwn(body, name)).map((name) => [name, "vital"]));
}

function wrongDays(kind, body, nowMs) {
  const errors = {};
  for (const [name, field] of Object.entries(KINDS[kind].fields)) {
    const wrong = isDate(body[name]) && wrongDay(field, dayNumber(body[name]) - localDay(nowMs));
    if (wrong) errors[name] = wrong;
  }
  return errors;
}

function wrongDay({ not_ahead, within_days }, ahead) {
  if (not_ahead) return ahead > 0 ? "day_ahead" : null;
  if (within_days === undefined || (ahead >= 0 && ahead <= within_days)) return null;
  return ahead < 0 ? "day_past" : "day_far";
}

const lengthOf = (text) => [...text].length;

function isLong(field, value) {
  if (field.type === "override") return lengthOf(value.reason) > LONGEST_REASON;
  const texts = field.type === "texts" ? value : [value];
  return texts.length > (field.most ?? Infinity) || texts.some((text) => typeof text === "string" && lengthOf(text) > (field.max ?? Infinity));
}

const UNREADABLE = Symbol("unreadable");
const UNREAD = { instant: "no_clock_time", clock: "no_clock_time", date: "no_day" };
const LONGEST_REASON = 2000;
const NUMBER = /^-?\d{1,3}(\.\d{1,15})?$/;

function valueOf(type, texts, nowMs) {
  const last = texts.at(-1);
  if (last === undefined || type === "minutes") return null;
  if (["choices", "entries", "texts"].includes(type)) return texts;
  if (type === "bool") return ["true", "on", "1", "yes"].includes(last);
  if (type === "bool_or_text") return last === "true" ? true : last === "false" ? false : last;
  if (type === "instant") return isInstant(last) ? last : (toInstant(last, nowMs) ?? UNREADABLE);
  if (type === "clock") return toClock(last) ?? UNREADABLE;
  if (type === "date") return toDate(last) ?? UNREADABLE;
  if (type === "number") return NUMBER.test(last) ? Number(last) : UNREADABLE;
  return last;
}

function override(fields) {
  const reason = trimmed((fields["override.reason"] ?? []).join(" "));
  const duties = (fields["override.duties"] ?? []).filter(Boolean);
  return duties.length || reason ? { reason, duties } : null;
}
