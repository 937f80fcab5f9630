/** Leaving (is weg): which organisation would hold the card with nobody of it here any more; twin of card/leaving.py. */
import { Gathered } from "./gathered.js";
import { organisationsOf } from "./presence.js";

const LAST = { id: "~", at: "9999999999999-ffff-ffffffff", audience: "all", supersedes: [] };

export function leftHolding(card, body, by, org) {
  if (card.closed) return null;
  const before = gone(card.timeline);
  const after = gone([...card.timeline, { ...LAST, kind: "presence.left", by, org, body }]);
  return card.holders.find((one) => after.has(one) && !before.has(one)) ?? null;
}

function gone(entries) {
  const { left, arrived } = organisationsOf(new Gathered(entries));
  return new Set([...left].filter((org) => !arrived.has(org)));
}
