/** Anonymous consultation: a card on which nobody is named; twin of card/anonymous.py. */
import { identifying } from "./identifying.js";
import { KINDS, WRITTEN } from "./vocabulary.js";

export const NAMING = ["name", "agreed", "lat", "lng"];

export function watched(kind, anonymous) {
  const { fields } = KINDS[kind];
  const always = ["card.opened", "missing.reported"].includes(kind) ? ["about"] : [];
  return anonymous ? Object.keys(fields).filter((name) => WRITTEN.includes(fields[name].type)) : always;
}

export function isAnonymous({ opened, timeline }) {
  return Boolean(opened) && timeline.some((item) => item.id === opened.entry && item.body.anonymous === true);
}

export function refused(kind, body) {
  const visits = kind !== "card.opened" || (Object.hasOwn(body, "type") && body.type === "visit");
  const { fields } = KINDS[kind];
  if (!Object.hasOwn(body, "anonymous") || body.anonymous !== true || !visits || !Object.hasOwn(fields, "anonymous")) return {};
  const said = (name) => (Object.hasOwn(body, name) ? body[name] : null);
  const named = watched(kind, true).filter((name) => typeof said(name) === "string" && identifying(said(name)).length);
  const naming = NAMING.filter((name) => said(name) !== null && Object.hasOwn(fields, name));
  return Object.fromEntries([...named.map((name) => [name, "identifies"]), ...naming.map((name) => [name, "no_names_here"])]);
}
