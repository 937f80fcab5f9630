/** Membership: which organisations and persons are on a card; twin of card/membership.py. */
import { byText, heads } from "./heads.js";

export const KINDS_OF_MEMBERSHIP = [
  "card.opened", "card.shared", "card.unshared", "card.joined", "handover.offered", "service.requested",
];
const NAMED_IN = {
  "card.shared": "organisation",
  "card.unshared": "organisation",
  "handover.offered": "to",
  "service.requested": "service",
};

export function membership(entries) {
  const log = [...entries];
  const openings = log.filter((entry) => entry.kind === "card.opened");
  const on = new Set(openings.map((entry) => entry.org));
  const persons = new Set((openings.length ? openings : log).map((entry) => entry.by));
  const moves = new Map();
  for (const entry of log) {
    const body = entry.body ?? {};
    if (entry.kind === "card.joined" && typeof body.person === "string") persons.add(body.person);
    const named = Object.hasOwn(NAMED_IN, entry.kind) ? body[NAMED_IN[entry.kind]] : null;
    if (typeof named !== "string" || !named) continue;
    if (moves.has(named)) moves.get(named).push(entry);
    else moves.set(named, [entry]);
  }
  for (const [name, about] of moves) if (heads(about).at(-1).kind !== "card.unshared") on.add(name);
  return { organisations: [...on].sort(byText), persons: [...persons].sort(byText) };
}
