/** Membership: which organisations and persons are on a card; twin of card/membership.py. */
import { MAX_NAME } from "./entry.js";
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
  const turns = new Map();
  for (const entry of entries) {
    if (entry.kind === "card.joined" || entry.kind === "card.removed") note(turns, named(entry, "person"), entry);
  }
  return new Set([...turns].filter(([, about]) => last(heads(about)).kind === "card.removed").map(([person]) => person));
}

/** What puts each organisation on a card or takes it off, as far as it counts. */
export function moves(entries) {
  const log = [...entries];
  const openings = log.filter((entry) => entry.kind === "card.opened");
  const openers = new Set(openings.map((entry) => entry.org));
  const openedAt = openings.reduce((first, entry) => Math.min(first, number(entry)), Infinity);
  const found = new Map();
  for (const entry of log) {
    const tooEarly = number(entry) < openedAt && openedAt < Infinity && !openers.has(entry.org);
    const named = organisationIn(entry);
    if (!tooEarly && [...named].length <= MAX_NAME) note(found, named, entry);
  }
  return found;
}

export function membership(entries) {
  const log = [...entries];
  const openings = log.filter((entry) => entry.kind === "card.opened");
  const on = new Set(openings.map((entry) => entry.org));
  for (const [name, about] of moves(log)) if (last(heads(about)).kind !== "card.unshared") on.add(name);
  const off = removed(log);
  const joined = log.filter((entry) => entry.kind === "card.joined").map((entry) => named(entry, "person"));
  const persons = new Set([...(openings.length ? openings : log).map((entry) => entry.by), ...joined.filter((person) => person && !off.has(person))]);
  const writers = new Set(log.filter((entry) => !NOT_WRITING.includes(entry.kind) && !off.has(entry.by)).map((entry) => entry.by));
  return { organisations: [...on].sort(byText), persons: [...persons].sort(byText), writers: [...writers].sort(byText) };
}

function note(found, name, entry) {
  if (!name) return;
  if (found.has(name)) found.get(name).push(entry);
  else found.set(name, [entry]);
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
