/** Missed: what a card says about a missing person, for who looks; pure, twin of blueprints/missed.py. */
import { asksToConfirm, lacks, pattern, VITAL } from "../card/missing.js";
import { KINDS } from "../card/vocabulary.js";

const REPORTED = Object.keys(KINDS["missing.reported"].fields);
const APART = ["about", "ground", "unknown"];

export function facts({ viewer, missing_cards = [] }, card) {
  return {
    missing_reports: card.missing.heads.map(report),
    missing_earlier: pattern(card, missing_cards),
    confirm_back: asksToConfirm(card) && card.missing.reporter === viewer.org,
    decides_urgency: viewer.domain === KINDS["urgency.judged"].only,
  };
}

const says = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

function report(item) {
  const missing = lacks(item.body);
  const names = REPORTED.filter((name) => !APART.includes(name) && (says(item.body[name]) || missing.includes(name)));
  return { item, rows: names.map((name) => ({ name, missing: missing.includes(name) })), lacks: missing };
}

export function summary({ viewer }, card) {
  const { since, back, reporter } = card.missing;
  return {
    urgency: card.urgency.level,
    missing_since: since,
    back: back.at(-1) ?? null,
    confirm_back: asksToConfirm(card) && reporter === viewer.org,
  };
}

export function begun({ missing: { heads } }) {
  const body = heads.at(-1)?.body ?? {};
  const names = REPORTED.filter((name) => !["ground", "unknown"].includes(name) && says(body[name]));
  const told = names.map((name) => [name, Array.isArray(body[name]) ? body[name] : [body[name]]]);
  return Object.fromEntries(told.filter(([, texts]) => texts.every((text) => typeof text === "string")));
}

export function closing(card, kind, words) {
  return KINDS[kind].closes && !card.closed && !card.duties.length ? { outcome: words["missing.outcome"] } : null;
}

export const isVital = (kind, name) => kind === "missing.reported" && VITAL.includes(name);
