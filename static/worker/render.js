/** The template engine of the worker: nunjucks with compiled templates, the same filters and the same bytes as blueprints/engine.py. */
import nunjucks from "motorkap:nunjucks";
import templates from "motorkap:templates";

import { clock, dated, day, minutesBetween } from "../card/clock.js";
import { serviceOwner } from "../card/service_request.js";
import { KINDS } from "../card/vocabulary.js";
import { wordsOf } from "./words.js";

const said = (context) => wordsOf(context.lookup("lang"));
const own = (map, key) => (map && Object.hasOwn(map, key) ? map[key] : undefined);

/** As MarkupSafe escapes, so that both servers say the same. */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };
nunjucks.lib.escape = (text) => text.replace(/[&<>'"]/g, (character) => ESCAPES[character]);

const FILTERS = {
  t(key, values) {
    const text = own(said(this), key) ?? key;
    return Object.entries(values ?? {}).reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, () => value), text);
  },
  field(name, kind) {
    return own(said(this), `field.${kind}.${name}`) ?? own(said(this), `field.${name}`) ?? name;
  },
  prompt(name, kind) {
    return own(said(this), `prompt.${kind}.${name}`) ?? "";
  },
  situation(slug) {
    const plain = typeof slug === "string" ? slug.replaceAll("-", "_") : "";
    return own(said(this), `situation.${plain}`) ?? plain.replaceAll("_", " ");
  },
  if_then(rule) {
    if (rule === null || typeof rule !== "object" || Array.isArray(rule)) return typeof rule === "string" ? rule : "";
    const half = (name) => (typeof own(rule, name) === "string" ? rule[name] : "…");
    return FILTERS.t.call(this, "plan.if_then", { if: half("if"), then: half("then") });
  },
  person(id) {
    return own(this.lookup("people"), id)?.name || id || "";
  },
  function(id) {
    return own(this.lookup("people"), id)?.function || "";
  },
  org(id) {
    return own(this.lookup("organisations"), id)?.name || id || "";
  },
  service(id) {
    const known = (this.lookup("directory")?.services ?? []).find((one) => one.id === id)?.name;
    return known || own(this.lookup("organisations"), serviceOwner(id ?? ""))?.name || (id ?? "").replace(/^~/, "");
  },
  domain(id) {
    return own(this.lookup("organisations"), id)?.domain || "";
  },
  minutes(moment) {
    return minutesBetween(moment, this.lookup("now") ?? 0);
  },
  when(moment) {
    const today = day(`${String(this.lookup("now") ?? 0).padStart(13, "0")}-`);
    return day(moment) === today ? clock(moment) : `${day(moment)} ${clock(moment)}`;
  },
  names(body, kind) {
    const known = Object.keys(own(KINDS, kind)?.fields ?? {}).filter((name) => Object.hasOwn(body, name));
    return [...known, ...Object.keys(body).filter((name) => !known.includes(name)).sort()];
  },
  type_of: (name, kind) => own(own(KINDS, kind)?.fields, name)?.type ?? "",
  dated,
  ms_clock: (momentMs) => clock(`${String(momentMs).padStart(13, "0")}-`),
  clock,
  day,
  // Of the filters that both engines have by themselves: those that shared templates use, as Jinja2 has them.
  length: (value) => (value === null || value === undefined ? 0 : Array.isArray(value) || typeof value === "string" ? value.length : Object.keys(value).length),
  replace: (value, old, other) => String(value ?? "").replaceAll(old, () => other),
  safe: (value) => nunjucks.runtime.markSafe(value ?? ""),
};

const compiled = new nunjucks.PrecompiledLoader(templates);
const environment = new nunjucks.Environment([compiled], { autoescape: true });
for (const [name, filter] of Object.entries(FILTERS)) environment.addFilter(name, filter);

export function render(template, context) {
  return environment.render(template, context);
}
