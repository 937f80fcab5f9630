/** Anonymous consultation: a card on which nobody is named; twin of card/anonymous.py. */
import { KINDS, WRITTEN } from "./vocabulary.js";

export function watched(kind, anonymous) {
  const { fields } = KINDS[kind];
  const always = ["card.opened", "missing.reported"].includes(kind) ? ["about"] : [];
  return anonymous ? Object.keys(fields).filter((name) => WRITTEN.includes(fields[name].type)) : always;
}

export function isAnonymous({ opened, timeline }) {
  return Boolean(opened) && timeline.some((item) => item.id === opened.entry && item.body.anonymous === true);
}
