/** Membership: which organisations and persons are on a card; twin of card/membership.py. */
import { byText, heads } from "./heads.js";
import { serviceOwner } from "./service_request.js";

export const KINDS_OF_MEMBERSHIP = [
  "card.opened", "card.shared", "card.unshared", "card.joined", "card.removed", "handover.offered", "service.requested", "care_report.sent",
];
export const NOT_WRITING = ["card.looked"];
const NAMED_IN = {
  "card.shared": "organisation",
  "card.unshared": "organisation",
  "handover.offered": "to",
  "service.requested": "service",
  "care_report.sent": "to",
};

export function removed(entries) {
  const moves = new Map();
  for (const entry of entries) {
    if (entry.kind === "card.joined" || entry.kind === "card.removed") note(moves, named(entry, "person"), entry);
  }
  return new Set([...moves].filter(([, about]) => last(heads(about)).kind === "card.removed").map(([person]) => person));
}

export function membership(entries) {
  const log = [...entries];
  const openings = log.filter((entry) => entry.kind === "card.opened");
  const on = new Set(openings.map((entry) => entry.org));
  const openers = new Set(on);
  const openedAt = Math.min(...openings.map(number));
  const moves = new Map();
  for (const entry of log) {
    const tooEarly = number(entry) < openedAt && openedAt < Infinity && !openers.has(entry.org);
    if (!tooEarly) note(moves, organisationIn(entry), entry);
  }
  for (const [name, about] of moves) if (last(heads(about)).kind !== "card.unshared") on.add(name);
  const off = removed(log);
  const joined = log.filter((entry) => entry.kind === "card.joined").map((entry) => named(entry, "person"));
  const persons = new Set([...(openings.length ? openings : log).map((entry) => entry.by), ...joined.filter((person) => person && !off.has(person))]);
  const writers = new Set(log.filter((entry) => !NOT_WRITING.includes(entry.kind) && !off.has(entry.by)).map((entry) => entry.by));
  return { organisations: [...on].sort(byText), persons: [...persons].sort(byText), writers: [...writers].sort(byText) };
}

function note(moves, name, entry) {
  if (!name) return;
  if (moves.has(name)) moves.get(name).push(entry);
  else moves.set(name, [entry]);
}

function organisationIn(entry) {
  const name = Object.hasOwn(NAMED_IN, entry.kind) ? named(entry, NAMED_IN[entry.kind]) : "";
  return entry.kind === "service.requested" ? serviceOwner(name) : name;
}

function named(entry, field) {
  const value = (entry.body ?? {})[field];
  return typeof value === "string" ? value : "";
}

const number = (entry) => entry.seq ?? Infinity;

const last = (entries) => entries.reduce((a, b) => (number(b) >= number(a) ? b : a));
