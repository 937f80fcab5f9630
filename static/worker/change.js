/** What one transaction on the log will do, gathered and sealed before it begins; and the transaction itself, all or nothing. */
import { ofCard } from "./records.js";

export const STORES = ["entries", "blocks", "outbox", "rejected", "cards", "meta", "alarms", "drafts"];

/** So many new entries of one card at once are kept as a block. */
const MANY = 64;

/** A request whose failure the transaction tells: it aborts, and `strictly` throws. */
export const quietly = (request) => void request.catch(() => {});

/** Does `work` in one transaction that the disk has when the promise holds, all or nothing: also when `work` itself throws halfway. */
export async function strictly(db, stores, work) {
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  let result;
  try {
    result = await work(tx);
  } catch (error) {
    tx.done.catch(() => {});
    try {
      tx.abort();
    } catch {
      // It ended by itself already.
    }
    throw error;
  }
  await tx.done;
  return result;
}

const nameOf = ({ card, id }) => `${card} ${id}`;

/** Does what `plan(change)` gathers, in one transaction, again until nobody else shared in between. Returns what `plan` returned. */
export async function changing(db, kept, plan) {
  for (;;) {
    const turn = (await db.get("meta", "turn")) ?? 0;
    const change = new Change(db, kept);
    const result = await plan(change);
    if (change.isEmpty || (await change.commit(turn))) return result;
  }
}

class Change {
  /** `clock(last)` gives what this phone's clock becomes, from what it is in the transaction itself. */
  clock = null;
  #db;
  #kept;
  #held = new Map();
  #puts = new Map();
  #fresh = new Set();
  #aside = [];
  #left = [];
  #queued = [];
  #erased = [];
  #packed = [];
  #newest = new Map();
  #meta = new Map();

  constructor(db, kept) {
    this.#db = db;
    this.#kept = kept;
  }

  /** Reads these entries, so that `entry` knows them. `wanted` are {card, id}. */
  async read(wanted) {
    for (const entry of await this.#kept.some(this.#db, wanted)) if (entry) this.#held.set(nameOf(entry), entry);
  }

  entry(wanted) {
    return this.#held.get(nameOf(wanted)) ?? null;
  }

  /** `fresh`: this phone never had it, in whatever form. */
  put(entry, { fresh = false } = {}) {
    this.#held.set(nameOf(entry), entry);
    this.#puts.set(nameOf(entry), entry);
    if (fresh) this.#fresh.add(nameOf(entry));
  }

  /** This row leaves the outbox. */
  leave({ n }) {
    this.#left.push(n);
  }

  queue({ card, id }, now) {
    this.#queued.push({ card, id, written: now, again: true });
  }

  setAside(entry, { code, message, field }, now) {
    this.#aside.push({ id: entry.id, entry, code, message: message ?? "", field: field ?? null, when: now });
    this.#held.delete(nameOf(entry));
    this.#puts.delete(nameOf(entry));
  }

  /** Somebody wrote on this card: it rises in the list. */
  written({ card, at }) {
    if (!(this.#newest.get(card) > at)) this.#newest.set(card, at);
  }

  /** A card that is no longer this person's leaves the phone. What was never handed in stays: the server will say what becomes of it. */
  erase(card) {
    this.#erased.push(card);
  }

  /** All that is shared of this card goes into new blocks. */
  pack(card, entries) {
    this.#packed.push({ card, entries });
  }

  meta(key, value) {
    this.#meta.set(key, value);
  }

  get isEmpty() {
    return ![this.#puts, this.#meta].some(({ size }) => size) && ![this.#aside, this.#left, this.#queued, this.#erased, this.#packed].some(({ length }) => length);
  }

  /** Seals and writes it all; false when somebody else shared since `turn`, and then nothing was written. */
  async commit(turn) {
    const kept = this.#kept;
    const { singles, many } = this.#sorted();
    const [entries, blocks, aside, meta] = await Promise.all([
      Promise.all(singles.map(kept.sealEntry)),
      Promise.all([...many, ...this.#packed].map(({ card, entries }) => kept.sealBlocks(card, entries))).then((sealed) => sealed.flat()),
      Promise.all(this.#aside.map((row) => kept.sealRow("rejected", row.id, { id: row.id, when: row.when }, row))),
      Promise.all([...this.#meta].map(async ([key, value]) => [key, await kept.sealMeta(key, value)])),
    ]);
    const done = await strictly(this.#db, STORES, async (tx) => {
      const [into, boxes, outbox] = ["entries", "blocks", "outbox"].map((store) => tx.objectStore(store));
      const now = (await tx.objectStore("meta").get("turn")) ?? 0;
      if (now !== turn) return false;
      quietly(tx.objectStore("meta").put(now + 1, "turn"));
      for (const n of this.#left) quietly(outbox.delete(n));
      for (const record of entries) quietly(into.put(record));
      for (const { card } of this.#packed) await unpack(tx, card);
      for (const record of blocks) quietly(boxes.put(record));
      for (const [place, row] of aside.entries()) await this.#away(tx, this.#aside[place].entry, row);
      for (const [key, value] of meta) quietly(tx.objectStore("meta").put(value, key));
      if (this.clock) quietly(tx.objectStore("meta").put(this.clock(await tx.objectStore("meta").get("hlc")), "hlc"));
      await this.#rise(tx);
      for (const card of this.#erased) await eraseCard(tx, card);
      await this.#enqueue(outbox);
      return true;
    });
    for (const card of this.#erased) kept.forget(card);
    return done;
  }

  /** What is put: one by one, or as blocks when much of a card comes at once. */
  #sorted() {
    const puts = [...this.#puts.values()];
    const fresh = new Map();
    for (const entry of puts.filter((one) => one.seq !== undefined && this.#fresh.has(nameOf(one)))) {
      if (!fresh.has(entry.card)) fresh.set(entry.card, []);
      fresh.get(entry.card).push(entry);
    }
    const many = [...fresh].filter(([, entries]) => entries.length >= MANY).map(([card, entries]) => ({ card, entries }));
    const inBlocks = new Set(many.flatMap(({ entries }) => entries));
    return { singles: puts.filter((entry) => !inBlocks.has(entry)), many };
  }

  async #away(tx, { card, id }, row) {
    quietly(tx.objectStore("rejected").put(row));
    const entries = tx.objectStore("entries");
    if (await tx.objectStore("blocks").count(ofCard(card))) quietly(entries.put({ card, id, left: true }));
    else quietly(entries.delete([card, id]));
  }

  /** What was written after this was planned is in the outbox already. */
  async #enqueue(outbox) {
    if (!this.#queued.length) return;
    const there = new Set((await outbox.getAll()).map(({ id }) => id));
    for (const row of this.#queued) if (!there.has(row.id)) quietly(outbox.add(row));
  }

  async #rise(tx) {
    const cards = tx.objectStore("cards");
    for (const [card, at] of this.#newest) {
      const row = await cards.get(card);
      if (!row || row.at < at) quietly(cards.put({ card, at }));
    }
  }
}

/** Whoever writes meanwhile does not share, so what is shared is still what was read. */
async function unpack(tx, card) {
  const entries = tx.objectStore("entries");
  for (const { id, shared, left } of await entries.getAll(ofCard(card))) if (shared || left) quietly(entries.delete([card, id]));
  quietly(tx.objectStore("blocks").delete(ofCard(card)));
}

async function eraseCard(tx, card) {
  const [entries, outbox] = [tx.objectStore("entries"), tx.objectStore("outbox")];
  const rows = (await outbox.getAll()).filter((row) => row.card === card);
  for (const { n } of rows.filter((row) => row.again)) quietly(outbox.delete(n));
  const waiting = new Set(rows.filter((row) => !row.again).map(({ id }) => id));
  const keys = await entries.getAllKeys(ofCard(card));
  const shared = keys.filter(([, id]) => !waiting.has(id));
  for (const key of shared) quietly(entries.delete(key));
  quietly(tx.objectStore("blocks").delete(ofCard(card)));
  if (shared.length === keys.length) quietly(tx.objectStore("cards").delete(card));
}
