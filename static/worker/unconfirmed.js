/**
 * Unconfirmed: cards that this phone holds from an older history, and of which the server of this history has not said yet that they are this person's
 * (docs/decisions/0029-cards-of-an-older-history.md).
 *
 * A server that came back from a backup knows less than its phones. It may say that a card is gone because the entry that put this person on it is not
 * back yet: it may come from this phone, or from another one. So a card that it calls gone stays here
 *
 *   until all that this phone gives back of it has an answer,
 *   and then until the server says why it ended (`ended`), or until the patience is over.
 *
 * Meanwhile it is named in every question, as one of which this phone has nothing: so the phone hears when it is this person's again.
 *
 * Pure. `unconfirmed` is {card: {since, off}}; `off`: all is given back, and the server still does not know this person on it.
 */
const HOUR = 3_600_000;
/** A phone that is not told how long it may do without the server's word. */
const DEFAULT_H = 72;
/** The words of a server that does not say yet why a card ended. */
const PAST_RETENTION = "past its retention";

/** How long a card is shown without the server's word that it may be: as long as a phone without contact shows any. */
export const patience = ({ offline_lock_h: hours }) => (hours || DEFAULT_H) * HOUR;

/** For the screen: until when cards stay on this phone of which all was given back and that the server does not know this person on. */
export function keptUntil(unconfirmed, me) {
  const off = Object.entries(unconfirmed ?? {}).filter(([, one]) => one.off);
  return Object.fromEntries(off.map(([card, { since }]) => [card, since + patience(me)]));
}

/** What a phone says it has: of what is not confirmed nothing. */
export const named = (upto, unconfirmed) => ({ ...Object.fromEntries(Object.keys(unconfirmed ?? {}).map((card) => [card, 0])), ...upto });

/**
 * Cards that are not confirmed when an answer comes. A phone that never kept them (it gave back under an older version) begins with those of which it has
 * no cursor, and which are not new: nothing that it writes itself waits there.
 */
export function unconfirmedNow({ newEpoch, cards, before, upto, writtenOn, now }) {
  const since = (names) => Object.fromEntries(names.map((card) => [card, { since: now, off: false }]));
  if (newEpoch) return since(cards);
  return before ?? since(upto ? cards.filter((card) => !(card in upto) && !writtenOn.has(card)) : []);
}

/** The entries that took this person off, as the server names them: {card, id}. */
export const takenOff = ({ ended }) => Object.entries(ended ?? {}).flatMap(([card, { by }]) => (by ?? []).map((id) => ({ card, id })));

/**
 * What an answer means for them. `giving`: cards of which something that goes back has no answer yet. `holds({card, id})`: whether this phone has that entry.
 * An entry that took this person off and that they hold is not the last word: they were put on again after it, or they would not have it.
 */
export function verdict(unconfirmed, { answer, cardOf, giving, holds, now, limit }) {
  const refused = Object.entries(answer.rejected ?? {}).filter(([, { message }]) => message === PAST_RETENTION);
  const past = new Set(refused.map(([id]) => cardOf(id)));
  const isPurged = (card) => answer.ended?.[card]?.why === "purged" || past.has(card);

  function isOver(card) {
    const said = answer.ended?.[card];
    if (!said) return now - unconfirmed[card].since >= limit;
    return said.why !== "taken_off" || said.by.some((id) => !holds({ card, id }));
  }
  const keeps = (card) => Object.hasOwn(unconfirmed, card) && !isPurged(card) && (giving.has(card) || !isOver(card));
  return { isPurged, keeps };
}

/** Those that are still not confirmed after the answer. `waiting`: cards of which anything of this phone has no answer. */
export function unconfirmedAfter(unconfirmed, { keeps, gone, upto, waiting, giving }) {
  const left = Object.entries(unconfirmed).filter(([card]) => (gone.includes(card) ? keeps(card) : !(card in upto) || waiting.has(card)));
  return Object.fromEntries(left.map(([card, { since }]) => [card, { since, off: gone.includes(card) && !giving.has(card) }]));
}
