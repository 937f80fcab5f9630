/** What drawn templates are made with (scripts/compile.mjs): data become text in which nothing is markup, lists become what is said of each. */
import { t } from "./filters.js";

/** As MarkupSafe escapes, so that both servers say the same. */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** What a macro said, where it is a value: it stays markup when it is shown. */
class Markup extends String {}
export const markup = (html) => new Markup(html);

export function shown(value) {
  if (value instanceof Markup) return value;
  return value === undefined || value === null ? "" : String(value).replace(/[&<>'"]/g, (character) => ESCAPES[character]);
}

/** The words of a key, to be shown. */
export const said = (context, key, values) => shown(t(context, key, values));

/** What `one` says of each in a list. What other systems send in the place of a list counts as empty, and a text as its letters. */
export function each(list, one, none) {
  const all = Array.isArray(list) ? list : typeof list === "string" ? [...list] : [];
  return all.length || !none ? all.map(one).join("") : none();
}

const mapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const is = { mapping, string: (value) => typeof value === "string", iterable: (value) => typeof value === "string" || Array.isArray(value) };

export function within(value, list) {
  return Array.isArray(list) || typeof list === "string" ? list.includes(value) : mapping(list) && value in list;
}
