/** Responsibility: which organisations hold the card now, counted in tokens; twin of card/responsibility.py, where the rule is. */
import { byText } from "./heads.js";
import { offers } from "./handover.js";

export function holders(log) {
  const made = offers(log);
  const tokens = starting(log);
  for (const offer of made) if (offer.acceptances.length) tokens.set(offer.entry.id, offer.receiver);
  const complete = made.filter((offer) => offer.complete);
  const named = new Set(complete.flatMap((offer) => names(offer, tokens)));
  const left = new Map();
  const count = (org, by) => left.set(org, (left.get(org) ?? 0) + by);
  for (const [token, org] of tokens) if (!named.has(token)) count(org, 1);
  for (const offer of complete) if (!names(offer, tokens).length) count(offer.giver, -1);
  const held = [...left].filter(([, number]) => number > 0).map(([org]) => org);
  return (held.length ? held : [...new Set(tokens.values())]).sort(byText);
}

function starting(log) {
  const openings = log.of("card.opened").map((entry) => [entry.id, entry.org]);
  return new Map(openings.length ? openings : log.entries.map((entry) => [`org:${entry.org}`, entry.org]));
}

function names(offer, tokens) {
  const { gives } = offer.entry.body;
  return Array.isArray(gives) ? gives.filter((token) => tokens.get(token) === offer.giver) : [];
}
