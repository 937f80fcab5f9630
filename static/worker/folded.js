/**
 * The folded card, remembered as long as nothing on it changed. IndexedDB is the truth: this is only there so that a tap does not read a
 * long card again. `changes` counts what happened to a card, so that a fold of what was read before a change is never kept after it.
 */
import { fold } from "../card/fold.js";

const MOST = 8;
const kept = new Map();
const changes = new Map();

const key = (log, card) => `${log.person} ${card}`;

export function changed(log, card) {
  const name = key(log, card);
  changes.set(name, (changes.get(name) ?? 0) + 1);
  kept.delete(name);
}

/** Whether an alarm rings, per card, and after how many changes that was seen: only what changed is looked at again. */
const alarms = new Map();

/** Of which type a card is, and after how many changes that was seen. */
const types = new Map();

/** The folded cards of agreements; null for every other card. */
const agreements = new Map();

/** The cards of this person on which an alarm rings. */
export async function ringing(log) {
  const cards = await log.cards();
  const found = await Promise.all(cards.map((card) => ringsOn(log, card)));
  return cards.filter((_card, place) => found[place]);
}

async function ringsOn(log, card) {
  const name = key(log, card);
  const seen = changes.get(name) ?? 0;
  if (alarms.get(name)?.seen === seen) return alarms.get(name).rings;
  const { alarms: raised } = kept.get(name) ?? fold(await log.entriesOf(card));
  const rings = raised.some(({ ended }) => !ended);
  alarms.set(name, { seen, rings });
  return rings;
}

/** The folded cards of this person that are of one of these types now, newest first; a card that is of none is not folded again until it changes. */
export async function foldedOfType(log, ...wanted) {
  const cards = await Promise.all((await log.cards()).map((card) => foldedIf(log, card, wanted)));
  return cards.filter(Boolean);
}

/** The same for agreements, each folded once until it changes: every page of a card looks at them. */
export async function agreementsOn(log) {
  const cards = await log.cards();
  const found = await Promise.all(cards.map(async (card) => {
    const name = key(log, card);
    const seen = changes.get(name) ?? 0;
    if (agreements.get(name)?.seen === seen) return agreements.get(name).made;
    const made = await foldedIf(log, card, ["agreement"]);
    agreements.set(name, { seen, made });
    return made;
  })); // prettier-ignore
  return found.filter(Boolean);
}

async function foldedIf(log, card, wanted) {
  const name = key(log, card);
  const seen = changes.get(name) ?? 0;
  const known = types.get(name);
  if (known?.seen === seen && !wanted.includes(known.type)) return null;
  const made = await folded(log, card);
  if (made) types.set(name, { seen, type: made.type });
  return made && wanted.includes(made.type) ? made : null;
}

/** What is shared was erased from this log: nothing of it stays in memory. */
export async function forget(log) {
  for (const card of await log.cards()) changed(log, card);
  forgetAll();
}

/** The phone is locked, or somebody signed out. */
export function forgetAll() {
  kept.clear();
  alarms.clear();
  types.clear();
  agreements.clear();
}

/** The card as this phone knows it, or null when it holds nothing of it. */
export async function folded(log, card) {
  const name = key(log, card);
  if (kept.has(name)) return kept.get(name);
  const before = changes.get(name) ?? 0;
  const entries = await log.entriesOf(card);
  if (!entries.length) return null;
  const made = fold(entries);
  if ((changes.get(name) ?? 0) === before) {
    kept.set(name, made);
    if (kept.size > MOST) kept.delete(kept.keys().next().value);
  }
  return made;
}
