/** The filters of the shared templates on this phone: the same as in blueprints/engine.py. Each gets the context of the template first. */
import * as clocks from "../card/clock.js";
import { serviceOwner } from "../card/service_request.js";
import { KINDS } from "../card/vocabulary.js";
import { wordsOf } from "./words.js";

const own = (map, key) => (map && Object.hasOwn(map, key) ? map[key] : undefined);
const word = (context, key) => own(wordsOf(context.lang), key);
const moment = (ms) => `${String(ms).padStart(13, "0")}-`;

export function t(context, key, values) {
  const text = word(context, key) ?? key;
  return Object.entries(values ?? {}).reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, () => value), text);
}

export const field = (context, name, kind) => word(context, `field.${kind}.${name}`) ?? word(context, `field.${name}`) ?? name;

export const prompt = (context, name, kind) => word(context, `prompt.${kind}.${name}`) ?? "";

export function situation(context, slug) {
  const plain = typeof slug === "string" ? slug.replaceAll("-", "_") : "";
  return word(context, `situation.${plain}`) ?? plain.replaceAll("_", " ");
}

export function if_then(context, rule) {
  if (rule === null || typeof rule !== "object" || Array.isArray(rule)) return typeof rule === "string" ? rule : "";
  const half = (name) => (typeof own(rule, name) === "string" ? rule[name] : "…");
  return t(context, "plan.if_then", { if: half("if"), then: half("then") });
}

export const person = ({ people }, id) => own(people, id)?.name || id || "";

const functionOf = ({ people }, id) => own(people, id)?.function || "";
export { functionOf as function };

export const org = ({ organisations }, id) => own(organisations, id)?.name || id || "";

export function service({ directory, organisations }, id) {
  const known = (directory?.services ?? []).find((one) => one.id === id)?.name;
  return known || own(organisations, serviceOwner(id ?? ""))?.name || (id ?? "").replace(/^~/, "");
}

export const domain = ({ organisations }, id) => own(organisations, id)?.domain || "";

export const minutes = ({ now = 0 }, since) => clocks.minutesBetween(since, now);

export const clock = (context, at) => clocks.clock(at);
export const day = (context, at) => clocks.day(at);
export const dated = (context, date) => clocks.dated(date);
export const ms_clock = (context, ms) => clocks.clock(moment(ms));

export function when({ now = 0 }, at) {
  const today = clocks.day(moment(now));
  return clocks.day(at) === today ? clocks.clock(at) : `${clocks.day(at)} ${clocks.clock(at)}`;
}

export function names(context, body, kind) {
  const known = Object.keys(own(KINDS, kind)?.fields ?? {}).filter((name) => Object.hasOwn(body, name));
  return [...known, ...Object.keys(body).filter((name) => !known.includes(name)).sort()];
}

export const type_of = (context, name, kind) => own(own(KINDS, kind)?.fields, name)?.type ?? "";

// Of the filters that both engines have by themselves: those that shared templates use, as Jinja2 has them.

export function length(context, value) {
  if (value === null || value === undefined) return 0;
  return Array.isArray(value) || typeof value === "string" ? value.length : Object.keys(value).length;
}

export const replace = (context, value, old, other) => String(value ?? "").replaceAll(old, () => other);
