/** Reach: whom an entry is for when it is written, and what it may therefore replace; pure, twin of blueprints/reach.py. */
import { AUDIENCES, KINDS } from "../card/vocabulary.js";

const WITHIN = { all: AUDIENCES, police: ["police", "org"], care: ["care", "org"], org: ["org"] };

export const itemOf = (one, entry) => one.timeline.find((item) => item.id === entry) ?? null;

export function audiences(one, kind, entry) {
  const about = KINDS[kind].audience_of ? itemOf(one, entry) : null;
  return about ? WITHIN[about.audience] : AUDIENCES;
}

export function audienceOf(one, kind, body, asked) {
  const may = audiences(one, kind, body[KINDS[kind].audience_of ?? ""]);
  if (KINDS[kind].choose_audience && may.includes(asked)) return asked;
  return may === AUDIENCES ? KINDS[kind].audience : may[0];
}

export function replaced(one, supersedes, audience) {
  const seen = new Map(one.timeline.filter(({ id }) => supersedes.includes(id)).map((item) => [item.id, item.audience]));
  return supersedes.filter((entry) => (seen.get(entry) ?? audience) === audience);
}
