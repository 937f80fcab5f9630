/**
 * Records as they lie on the disk: what keys and indexes need is in clear, the rest is in `box`, sealed (seal.js).
 *
 *   entries   one entry each: what the server does not have yet, and what came lately
 *   blocks    many entries in one box, never changed: opening a long card is then a few openings, and not ten thousand
 *
 * An entry that stands by itself counts before one of the same id in a block; `left` marks one that is not there any more.
 *
 * IndexedDB commits a transaction that waits for anything but itself, and sealing is such a wait. So records are sealed before a transaction begins and
 * opened after it has ended. What was opened is remembered by its nonce, which is another one at every writing, or by the name of its block: the disk
 * stays the truth, and a tap on a card does not open again what it opened a moment ago.
 */
import { sameSealing } from "./seal.js";

const MOST = 25_000;
export const FULL = 512;

/** Of `meta`: numbers and marks that say nothing about anybody. Everything else is sealed. */
const CLEAR_META = ["hlc", "epoch", "offset", "upto", "unconfirmed", "shelf", "turn", "sealed"];

export const ofCard = (card) => IDBKeyRange.bound([card], [card, []]);

export class Locked extends Error {
  name = "Locked";
}

const NO_KEY = {
  seal: async () => { throw new Locked("no key"); },
  open: async () => { throw new Locked("no key"); },
}; // prettier-ignore

const isPlain = (record) => !record.box && !record.left;
const placeOf = ({ card, id }) => `entries ${card} ${id}`;
const blockPlace = ({ card, block }) => `blocks ${card} ${block}`;

/** `sealer` is seal.js's with the key of this log, or null for a phone that is locked: then only what needs no words works. */
export function records(sealer) {
  const { seal, open } = sealer ?? NO_KEY;
  const opened = remembering();

  async function openEntry(record) {
    if (!record || record.left) return null;
    if (isPlain(record)) return record;
    const before = opened.of(record.card).singles.get(record.id);
    if (before && sameSealing(before.box, record.box)) return before.entry;
    const entry = await open(placeOf(record), record.box);
    opened.keep(record.card, "singles", record.id, { box: record.box, entry });
    return entry;
  }

  async function openBlock(record) {
    const entries = await open(blockPlace(record), record.box);
    opened.keep(record.card, "blocks", record.block, entries);
    return entries;
  }

  /** All entries of a card, by id. */
  async function card(db, name) {
    const tx = db.transaction(["entries", "blocks"]);
    const [singles, keys] = await Promise.all([tx.objectStore("entries").getAll(ofCard(name)), tx.objectStore("blocks").getAllKeys(ofCard(name))]);
    const { blocks } = opened.of(name);
    const known = keys.map(([, block]) => blocks.get(block));
    const unopened = await Promise.all(keys.filter((_key, place) => !known[place]).map((key) => tx.objectStore("blocks").get(key)));
    const fresh = await Promise.all(unopened.map(openBlock));
    const alone = await Promise.all(singles.map(openEntry));
    const entries = new Map([...known.filter(Boolean), ...fresh].flat().map((entry) => [entry.id, entry]));
    for (const [place, { id }] of singles.entries()) {
      if (alone[place]) entries.set(id, alone[place]);
      else entries.delete(id);
    }
    return entries;
  }

  /** These entries ({card, id}), in this order; null for what is not here. */
  async function some(db, wanted) {
    const tx = db.transaction("entries");
    const found = await Promise.all(wanted.map(({ card, id }) => tx.store.get([card, id])));
    const missing = new Set(wanted.filter((_one, place) => !found[place]).map((one) => one.card));
    const whole = new Map();
    for (const name of missing) if (await hasBlocks(db, name)) whole.set(name, await card(db, name));
    return Promise.all(found.map((record, place) => (record ? openEntry(record) : (whole.get(wanted[place].card)?.get(wanted[place].id) ?? null))));
  }

  async function sealEntry(entry) {
    const { card: name, id } = entry;
    const record = { card: name, id, ...(entry.seq === undefined ? {} : { shared: true }), box: await seal(placeOf(entry), entry) };
    opened.keep(name, "singles", id, { box: record.box, entry });
    return record;
  }

  /** The blocks in which these entries of one card are kept. */
  function sealBlocks(name, entries) {
    const parts = [];
    for (let from = 0; from < entries.length; from += FULL) parts.push(entries.slice(from, from + FULL));
    return Promise.all(
      parts.map(async (part) => {
        const record = { card: name, block: crypto.randomUUID() };
        record.box = await seal(blockPlace(record), part);
        opened.keep(name, "blocks", record.block, part);
        return record;
      }),
    );
  }

  /** Other stores: `clear` is what stays readable, `key` what binds it to its place. */
  const sealRow = async (store, key, clear, hidden) => ({ ...clear, box: await seal(`${store} ${key}`, hidden) });
  const openRow = (store, key, row) => (row?.box ? open(`${store} ${key}`, row.box) : row);

  const metas = new Map();
  async function metaOf(db, key) {
    const kept = await db.get("meta", key);
    if (!(kept?.box instanceof Uint8Array)) return kept;
    const before = metas.get(key);
    if (before && sameSealing(before.box, kept.box)) return before.value;
    const value = await openRow("meta", key, kept);
    metas.set(key, { box: kept.box, value });
    return value;
  }
  const sealMeta = async (key, value) => (CLEAR_META.includes(key) ? value : sealRow("meta", key, {}, value));

  return { card, some, sealEntry, sealBlocks, sealRow, openRow, metaOf, sealMeta, isPlain, forget: opened.forget };
}

const hasBlocks = async (db, card) => (await db.count("blocks", ofCard(card))) > 0;

/** What was opened, card by card; when it is much, nothing of the cards that nobody looked at for longest. */
function remembering() {
  const cards = new Map();
  let count = 0;

  /** {singles: id -> {box, entry}, blocks: name -> entries} of a card. */
  function of(card) {
    const known = cards.get(card) ?? { singles: new Map(), blocks: new Map(), size: 0 };
    cards.delete(card);
    cards.set(card, known);
    return known;
  }

  function keep(card, kind, key, value) {
    const known = of(card);
    if (!known[kind].has(key)) {
      known.size += value.length ?? 1;
      count += value.length ?? 1;
    }
    known[kind].set(key, value);
    while (count > MOST && cards.size > 1) forget(cards.keys().next().value);
  }

  function forget(card) {
    count -= cards.get(card)?.size ?? 0;
    cards.delete(card);
  }

  return { of, keep, forget };
}
