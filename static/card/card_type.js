/** Card type: one log, another vocabulary; twin of card/card_type.py. */
import { heads } from "./heads.js";
import { TYPES } from "./vocabulary.js";

/** Names of objects are never taken for types: "constructor" is none. */
const known = (type) => (typeof type === "string" && Object.hasOwn(TYPES, type) ? type : "incident");
const rank = (type) => Object.keys(TYPES).indexOf(type);
const byRank = (a, b) => rank(a) - rank(b);

export function cardTypes(log) {
  const [opening] = log.of("card.opened");
  const began = opening ? [opening.body.type] : [];
  const turned = log.of("card.turned");
  const been = [...began, ...turned.map(({ body }) => body.into)].map(known);
  const standing = turned.length ? heads(turned).map(({ body }) => known(body.into)) : began.map(known);
  const [now] = (standing.length ? standing : [known()]).sort(byRank);
  return [now, ...[...new Set(been)].filter((type) => type !== now).sort(byRank)];
}

export function sectionsOf({ types: [now, ...before] }) {
  return new Set([...TYPES[now].sections, ...before.flatMap((type) => TYPES[type].stays ?? [])]);
}

export const onHome = ({ type }) => Boolean(TYPES[type].home);
