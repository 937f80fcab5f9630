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
  const openers = new Set(on);
  const openedAt = Math.min(...openings.map(number));
  const persons = new Set((openings.length ? openings : log).map((entry) => entry.by));
  const moves = new Map();
  for (const entry of log) {
    const body = entry.body ?? {};
    if (entry.kind === "card.joined" && typeof body.person === "string") persons.add(body.person);
    const named = Object.hasOwn(NAMED_IN, entry.kind) ? body[NAMED_IN[entry.kind]] : null;
    const tooEarly = number(entry) < openedAt && openedAt < Infinity && !openers.has(entry.org);
    if (typeof named !== "string" || !named || tooEarly) continue;
    if (moves.has(named)) moves.get(named).push(entry);
    else moves.set(named, [entry]);
  }
  for (const [name, about] of moves) if (last(heads(about)).kind !== "card.unshared") on.add(name);
  return { organisations: [...on].sort(byText), persons: [...persons].sort(byText) };
}

const number = (entry) => entry.seq ?? Infinity;

const last = (entries) => entries.reduce((a, b) => (number(b) >= number(a) ? b : a));
