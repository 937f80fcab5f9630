/** Quote: a few words of the entry that another one speaks about; pure, twin of blueprints/quote.py. */
import { KINDS } from "../card/vocabulary.js";

const SHORT = 80;
// Says nothing without its question.
const BARE = ["yes", "no", "unknown"];

export function withQuotes(one, items) {
  const wanted = new Set(items.map(spokenOf).filter(Boolean));
  const found = wanted.size ? new Map(one.timeline.filter(({ id }) => wanted.has(id)).map((item) => [item.id, quote(item)])) : new Map();
  return items.map((item) => ({ ...item, of: found.get(spokenOf(item)) ?? null }));
}

export function spokenOf(item) {
  const about = textsOf(item).find(({ field }) => field.type === "entry");
  return about?.text || null;
}

export function quote(item) {
  const texts = textsOf(item);
  const said = texts.find(({ field }) => ["text", "organisation", "person"].includes(field.type));
  const letters = [...(said?.text ?? "")];
  return {
    kind: item.kind,
    at: item.at,
    choices: texts.filter(({ field, text }) => saysSomething(field) && field.choices.includes(text)).map(({ name, text }) => `choice.${name}.${text}`),
    text: letters.slice(0, SHORT).join("") + (letters.length > SHORT ? "…" : ""),
  };
}

const saysSomething = ({ type, choices }) => type === "choice" && !choices.every((one) => BARE.includes(one));

function textsOf({ kind, body }) {
  const fields = Object.hasOwn(KINDS, kind) ? KINDS[kind].fields : {};
  const said = body !== null && typeof body === "object" && !Array.isArray(body) ? body : {};
  return Object.entries(fields)
    .filter(([name]) => Object.hasOwn(said, name) && typeof said[name] === "string")
    .map(([name, field]) => ({ name, field, text: said[name] }));
}
