/** Afterwards: who is asked how a card that closed went, and who can tell what came of it; twin of card/afterwards.py. */
import { millis } from "./hlc.js";
import { NOT_WRITING } from "./membership.js";
import { TYPES } from "./vocabulary.js";

export const AFTER_H = 12;
export const MOST_H = 168;
export const HOUR_MS = 3_600_000;
export const ASKED_MS = 14 * 24 * HOUR_MS;

export function asksHow(card, person, afterH, nowMs) {
  return isAsked(card, afterH, nowMs) && wasOn(card, person) && !said(card, "feedback.answered", "by", person);
}

export function owesOutcome(card, person, org, afterH, nowMs) {
  const tookOver = card.handovers.some(({ to, acceptances }) => to === org && acceptances.length > 0);
  return tookOver && isAsked(card, afterH, nowMs) && wasOn(card, person) && !said(card, "outcome.told", "org", org);
}

export function isAsked(card, afterH, nowMs) {
  if (!card.closed || afterH <= 0 || TYPES[card.type].retention === "quiet") return false;
  const sinceMs = nowMs - millis(card.closed.at) - afterH * HOUR_MS;
  return 0 <= sinceMs && sinceMs < ASKED_MS;
}

export function wasOn(card, person) {
  if (card.joined.includes(person) || [...card.present, ...card.left].some((one) => one.person === person)) return true;
  return card.timeline.some(({ by, kind }) => by === person && !NOT_WRITING.includes(kind));
}

const said = (card, kind, field, who) => card.feedback.some((item) => item.kind === kind && item[field] === who);
