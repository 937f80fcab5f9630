/** Consulted: which questions between the two sides wait for whom, and which wait too long; pure, twin of blueprints/consulted.py. */
import { date } from "../card/clock.js";
import { isOverdue } from "../card/rhythm.js";

export function questions(frame, card) {
  return card.consultations.map((one) => ({ ...one, late: isLate(frame, card, one), ours: isOurs(one, frame.viewer.org) }));
}

export const isAsked = (card, org) => !card.closed && card.consultations.some((one) => isOurs(one, org));

export function row(frame, card) {
  const told = questions(frame, card);
  const { id, place, about, organisations } = card;
  return {
    ...{ id, place, about, organisations },
    question: told.at(-1)?.item.body.text ?? null,
    due: told.find(({ answers }) => !answers.length)?.due ?? null,
    group: group(card, told),
  };
}

export function toShare(card, kind, body) {
  const asked = kind === "consultation.asked" ? body.to : null;
  return asked && !card.organisations.includes(asked) ? [{ organisation: asked }] : [];
}

function group({ closed }, told) {
  if (told.some(({ late }) => late)) return "late";
  if (closed || (told.length && told.every(({ answers }) => answers.length))) return "answered";
  return told.some(({ ours }) => ours) ? "for_us" : "by_us";
}

function isLate({ now }, { closed }, { answers, due }) {
  return !answers.length && !closed && typeof due === "string" && isOverdue(due, date(`${String(now).padStart(13, "0")}-`));
}

const isOurs = ({ item, answers }, org) => item.body.to === org && !answers.length;
