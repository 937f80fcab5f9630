/**
 * Which forms have a draft, and which draft is whose. Decided here, apart from where drafts are kept (kept.js).
 *
 * Every form in which something is written has one, and every form of a card. The exceptions are named: what opens a door (a password, a PIN, a code)
 * is never kept, and a form that holds one keeps nothing else either.
 */

/** What is written by hand: the kinds of fields that make a form worth keeping. */
export const WRITTEN = ["text", "textarea", "email", "search", "tel", "url"];
/** What may never lie on a phone: passwords, and the fields for PINs and codes. */
export const SECRET = "input[type=password], .input-code";
/**
 * What is not of the person who writes: by these nobody tells one form from another. A form has a fresh id each time it is opened, and so has the card that
 * it begins; what it replaces and closes over is what was seen just then; a place is found by a tap.
 */
export const NOT_TELLING = ["id", "card", "supersedes", "csrf_token", "override.duties", "lat", "lng"];

export const isForCard = (path) => /^\/cards(\/|$)/.test(path);

/** `fields`: [{ type, name, value }], all of the form. */
export function hasDraft({ method, path, fields, secret }) {
  return method === "post" && !secret && (isForCard(path) || fields.some(({ type }) => WRITTEN.includes(type)));
}

const tells = ({ type, name, value }) => type === "hidden" && name && value && !NOT_TELLING.includes(name);

/** The name of a form's draft: its address, and all that it was opened for. */
export function draftName({ path, fields }) {
  const telling = fields.filter(tells);
  return [path, ...telling.map(({ name, value }) => `${name}=${value}`)].join(" ");
}

/** What the names of drafts were made of in release 0.1.0. With its phones this and `formerName` can go. */
const FORMER = ["kind", "for", "offer", "alarm", "plan", "entry", "situation", "from", "to", "organisation"];

/** Under which name the draft lies that a page of release 0.1.0 kept; null where that name did not tell this form from another. */
export function formerName({ path, fields }) {
  const telling = fields.filter(tells);
  if (telling.some(({ name }) => ![...FORMER, "version"].includes(name))) return null;
  const said = (name) => telling.find((one) => one.name === name)?.value;
  return [path, ...FORMER.map((name) => said(name) ?? ""), ...(said("version") ? [said("version")] : [])].join(" ");
}

/** Whether a draft was begun on this card, or for it. */
export const isOfCard = (name, card) => name.startsWith(`/cards/${card}/`) || name.split(" ").some((part) => part.endsWith(`=${card}`));

/** Of each field by name, what it held when it was opened and nobody had typed: [[name, value]]. A tick that is not set holds nothing. */
export const opened = (fields) => fields.filter(({ ticks, set }) => !ticks || set).map(({ name, first }) => [name, first]);

/** {name: [values]} of [[name, value]]. */
export function byName(values) {
  const found = new Map();
  for (const [name, value] of values) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

/**
 * The names of the fields that a draft may fill: of those that were filled in beforehand only what is still as it was when the draft was begun, so that
 * what somebody else wrote since is never drawn over. A draft of a phone before it knew (no `was`) fills what is empty.
 */
export function mayFill({ was }, now) {
  const before = was && byName(was);
  const today = byName(now);
  return (name) => before !== undefined && same(before.get(name), today.get(name));
}

/** What was typed in a form before its draft was put back in it, and that draft: of each field what was typed, or else what the draft has. */
export function typedOver(draft, early) {
  if (!draft) return early;
  const [was, typed] = [byName(early.was), byName(early.values)];
  const isTyped = ([name]) => !same(was.get(name), typed.get(name));
  return { ...draft, when: early.when, values: [...draft.values.filter((value) => !isTyped(value)), ...early.values.filter(isTyped)] };
}

const same = (one = [], other = []) => one.length === other.length && one.every((value, at) => value === other[at]);
