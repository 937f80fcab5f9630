/** Admission: what is taken into a card's log; twin of card/admission.py, so that a phone never queues what the server would refuse. */
import { mayWrite } from "./access.js";
import { dayNumber, localDay } from "./clock.js";
import { isDate, parse, Rejected } from "./entry.js";
import { millis } from "./hlc.js";
import { KINDS } from "./vocabulary.js";

export const AHEAD_MS = 10 * 60 * 1000;

export function judge(viewer, opened, members, raw, nowMs) {
  const entry = parse(raw);
  return entry instanceof Rejected ? entry : admit(viewer, opened, members, entry, nowMs);
}

/** The same for what was parsed already. */
export function admit(viewer, opened, members, entry, nowMs) {
  return tooEarly(entry, nowMs) ?? tooLong(entry) ?? notTheirs(viewer, entry) ?? notHere(viewer, opened, members, entry) ?? entry;
}

function tooEarly(entry, nowMs) {
  return millis(entry.at) > nowMs + AHEAD_MS ? new Rejected("clock", "more than 10 minutes ahead of the server", "at") : null;
}

function tooLong({ kind, at, body }) {
  for (const [name, { within_days }] of Object.entries(KINDS[kind].fields)) {
    if (within_days === undefined || !isDate(body[name])) continue;
    if (dayNumber(body[name]) - localDay(millis(at)) > within_days) return new Rejected("malformed", "day_far", `body.${name}`);
  }
  return null;
}

function notTheirs(viewer, entry) {
  for (const [field, mine] of [["by", viewer.person], ["org", viewer.org], ["device", viewer.device]]) {
    if (entry[field] !== mine) return new Rejected("forbidden", "not what the session says", field);
  }
  const { by_server, only } = KINDS[entry.kind];
  if (by_server) return new Rejected("forbidden", "only the server writes this", "kind");
  return only && only !== viewer.domain ? new Rejected("forbidden", "not for this side to decide", "kind") : null;
}

function notHere(viewer, opened, members, entry) {
  if (opened && !mayWrite(viewer, members)) return new Rejected("forbidden", "not on this card", "card");
  if (opened && entry.kind === "card.opened") return new Rejected("forbidden", "this card is open already", "kind");
  return null;
}
