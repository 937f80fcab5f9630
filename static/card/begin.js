/** Begin: what a situation of this type asks first, as far as nobody wrote it yet; twin of card/begin.py. */
import { BEGINS } from "./vocabulary.js";

export function begins(card) {
  const situation = typeof card.situation === "string" ? card.situation.replaceAll("-", "_") : "";
  const ended = card.timeline.some(({ kind }) => kind === "card.closed");
  const asked = ended || !Object.hasOwn(BEGINS, situation) ? [] : BEGINS[situation];
  return asked.filter((one) => !card.timeline.some((item) => isIt(item, one)));
}

const isIt = ({ kind, body }, one) => kind === one.kind && (!("for" in one) || body?.for === one.for);
