/**
 * What is kept on this phone: the log of one person, twin of store/log.py.
 *
 * One database a person, `motorkap-<person>`, so that two people who share a phone never see each other's cards.
 *
 *   entries   every entry of every card, as it was written or as the server sent it; key [card, id]
 *   outbox    which entries still have to be handed in, in the order in which they were written
 *   rejected  entries that the server refused, with its reason: kept and shown, never thrown away
 *   cards     which cards there are, and when each was last written on
 *   meta      epoch, clock, cursors, people and organisations that the entries name, duty, what the organisation says about sharing
 *
 * Invariants, each kept by doing it in one transaction with durability "strict":
 *   1. An entry that a form was answered with is in `entries` and in `outbox`: written means kept.
 *   2. An entry leaves the outbox only when the server has said that it has it (then it has a seq) or that it refuses it (then it is in `rejected`).
 *   3. The clock never goes back: the transaction that stamps an entry also keeps its stamp.
 *
 * The memory of the worker is only a copy: a browser may end it at any moment.
 */
import { openDB } from "idb";

import * as hlc from "../card/hlc.js";

const STORES = ["entries", "outbox", "rejected", "cards", "meta"];
const ofCard = (card) => IDBKeyRange.bound([card], [card, []]);
const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** Schema steps, oldest first. A phone may be any number of versions behind; a step is never changed after it has been released. */
const STEPS = [
  (db) => {
    const entries = db.createObjectStore("entries", { keyPath: ["card", "id"] });
    entries.createIndex("seq", ["card", "seq"]);
    const outbox = db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
    outbox.createIndex("id", "id", { unique: true });
    db.createObjectStore("rejected", { keyPath: "id" });
    db.createObjectStore("cards", { keyPath: "card" });
    db.createObjectStore("meta");
  },
];

/** A request whose failure the transaction tells: it aborts, and `strictly` throws. */
const quietly = (request) => void request.catch(() => {});

/** Does `work` in one transaction that the disk has when the promise holds, all or nothing: also when `work` itself throws halfway. */
async function strictly(db, stores, work) {
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

export async function openLog(person) {
  const log = { closed: false };
  const db = await openDB(`motorkap-${person}`, STEPS.length, {
    upgrade(database, from) {
      for (const step of STEPS.slice(from)) step(database);
    },
    blocking(_current, _blocked, event) {
      log.closed = true;
      event.target.close();
    },
    terminated() {
      log.closed = true;
    },
  });
  return Object.assign(log, { person, close: () => ((log.closed = true), db.close()) }, reading(db), writing(db), sharing(db));
}

/** Everything of a person leaves this phone. */
export async function eraseLog(person) {
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`motorkap-${person}`);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
}

function reading(db) {
  return {
    entriesOf: (card) => db.getAll("entries", ofCard(card)),
    cards: async () => (await db.getAll("cards")).sort((a, b) => (a.at < b.at ? 1 : -1)).map((row) => row.card),
    meta: (key) => db.get("meta", key),
    rejected: () => db.getAll("rejected"),
    /** The person's own entries that the server does not have yet, oldest first. */
    async unsent() {
      const tx = db.transaction(["entries", "outbox"]);
      const rows = (await tx.objectStore("outbox").getAll()).filter((row) => !row.again);
      const found = await Promise.all(rows.map((row) => tx.objectStore("entries").get([row.card, row.id])));
      return found.filter(Boolean);
    },
    /** How many there are, since when, and which: what the line on every screen says. */
    async counts() {
      const tx = db.transaction(["outbox", "rejected"]);
      const [rows, refused] = await Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("rejected").count()]);
      const own = rows.filter((row) => !row.again);
      return { unsent: own.length, since: own.length ? own[0].written : null, refused, waiting: own.map(({ id }) => id) };
    },
  };
}

function writing(db) {
  return {
    /**
     * Writes the entries that `make(stamp)` returns, and returns those that are new: a second tap on the same form carries the same id.
     * `stamp()` gives the next value of this phone's clock. Nothing is answered before the disk has it.
     */
    async write(device, now, make) {
      return strictly(db, STORES, async (tx) => {
        const meta = tx.objectStore("meta");
        let last = await meta.get("hlc");
        const stamp = () => (last = hlc.tick(last, now, device));
        const written = [];
        for (const entry of make(stamp)) {
          if (await tx.objectStore("entries").getKey([entry.card, entry.id])) continue;
          written.push(entry);
          quietly(tx.objectStore("entries").put(entry));
          quietly(tx.objectStore("outbox").add({ card: entry.card, id: entry.id, written: now }));
          quietly(tx.objectStore("cards").put({ card: entry.card, at: entry.at }));
        }
        quietly(meta.put(last, "hlc"));
        return written;
      });
    },
    /** A refused entry goes again, as of this device and of now; or it leaves, because its writer says so. Both return it, or null. */
    async retry(id, device, now) {
      return strictly(db, STORES, async (tx) => {
        const refused = await tx.objectStore("rejected").get(id);
        if (!refused) return null;
        const last = hlc.tick(await tx.objectStore("meta").get("hlc"), now, device);
        const entry = { ...refused.entry, at: last, device };
        quietly(tx.objectStore("entries").put(entry));
        quietly(tx.objectStore("outbox").add({ card: entry.card, id, written: now }));
        quietly(tx.objectStore("cards").put({ card: entry.card, at: last }));
        quietly(tx.objectStore("meta").put(last, "hlc"));
        quietly(tx.objectStore("rejected").delete(id));
        return entry;
      });
    },
    async dismiss(id) {
      return strictly(db, ["rejected"], async (tx) => {
        const refused = await tx.objectStore("rejected").get(id);
        quietly(tx.objectStore("rejected").delete(id));
        return refused?.entry ?? null;
      });
    },
    setMeta: (key, value) => db.put("meta", value, key),
    /** Signing out: what the server has leaves the phone. What it does not have stays until its writer signs in again here. */
    async forgetShared() {
      return strictly(db, STORES, async (tx) => {
        const rows = (await tx.objectStore("outbox").getAll()).filter((row) => !row.again);
        const kept = await Promise.all(rows.map((row) => tx.objectStore("entries").get([row.card, row.id])));
        const hlcNow = await tx.objectStore("meta").get("hlc");
        await Promise.all(["entries", "outbox", "cards", "meta"].map((name) => tx.objectStore(name).clear()));
        for (const [index, entry] of kept.entries()) {
          if (!entry) continue;
          quietly(tx.objectStore("entries").put(entry));
          quietly(tx.objectStore("outbox").add({ card: entry.card, id: entry.id, written: rows[index].written }));
          quietly(tx.objectStore("cards").put({ card: entry.card, at: entry.at }));
        }
        if (hlcNow) quietly(tx.objectStore("meta").put(hlcNow, "hlc"));
        return kept.filter(Boolean).length;
      });
    },
  };
}

function sharing(db) {
  return {
    /** The next entries to hand in, in order, at most `most` of them and `bytes` bytes of JSON. */
    async batch(most, bytes) {
      const tx = db.transaction(["entries", "outbox"]);
      const rows = await tx.objectStore("outbox").getAll(null, most);
      const found = await Promise.all(rows.map((row) => tx.objectStore("entries").get([row.card, row.id])));
      const batch = [];
      let size = 0;
      for (const entry of found) {
        if (!entry) continue;
        size += bytesOf(entry) + 1;
        if (batch.length && size > bytes) break;
        batch.push(entry);
      }
      return batch;
    },

    /**
     * Takes in what the server answered or streamed, all or nothing. `me` is {person, device} of this log.
     * Returns what changed: {cards: {card: kinds that came or went}, numbered: cards of which held entries only got their seq, clockRefused: ids, newEpoch}.
     *
     * What comes by the stream can have a hole before it that the next round fills: it moves a cursor only without a gap in the seq.
     */
    async take(answer, me, now, { streamed = false } = {}) {
      return strictly(db, STORES, async (tx) => {
        const changed = new Map();
        const numbered = new Set();
        const touch = ({ card, kind }) => changed.set(card, (changed.get(card) ?? new Set()).add(kind));
        const waiting = new Map((await tx.objectStore("outbox").getAll()).map((row) => [row.id, row]));
        const meta = tx.objectStore("meta");
        const epoch = await meta.get("epoch");
        const newEpoch = Boolean(answer.epoch && epoch && answer.epoch !== epoch);

        await takeAccepted(tx, answer.accepted ?? {}, waiting, numbered);
        const gone = answer.gone ?? [];
        const clockRefused = await takeRefused(tx, answer.rejected ?? {}, waiting, me, now, touch, gone);
        await takeEntries(tx, answer.entries ?? [], waiting, touch, numbered);
        for (const card of gone) {
          await erase(tx, card, waiting);
          touch({ card, kind: "card.opened" });
        }

        const known = newEpoch ? {} : ((await meta.get("upto")) ?? {});
        quietly(meta.put(streamed ? withoutGaps(known, answer, gone) : cursors(known, answer, gone), "upto"));
        if (answer.epoch) quietly(meta.put(answer.epoch, "epoch"));
        if (answer.people) quietly(meta.put({ ...(await meta.get("people")), ...answer.people }, "people"));
        if (answer.organisations) {
          quietly(meta.put(answer.organisations, "organisations"));
          quietly(meta.put(answer.organisations_version ?? "", "organisations_version"));
        }
        if (answer.duty) quietly(meta.put(answer.duty, "duty"));
        if (answer.sharing) {
          quietly(meta.put(answer.sharing, "sharing"));
          quietly(meta.put(answer.sharing_version ?? "", "sharing_version"));
        }
        const seen = latest([...(answer.entries ?? []).map((entry) => entry.at), answer.clock]);
        if (seen) quietly(meta.put(hlc.receive(await meta.get("hlc"), seen, now, me.device), "hlc"));
        if (newEpoch) await queueAll(tx, now, waiting, answer);
        const cards = Object.fromEntries([...changed].map(([card, kinds]) => [card, [...kinds]]));
        return { cards, numbered: [...numbered], clockRefused, newEpoch };
      });
    },

    /**
     * The server says that this phone's clock is ahead. The clock is set by the server's, and the entries that it refused for that, which nobody else has
     * seen, get a new stamp under the same id, in their order. It never stamps before what the server already has of this phone.
     */
    async restamp(ids, device, serverClock, localNow) {
      return strictly(db, STORES, async (tx) => {
        const meta = tx.objectStore("meta");
        const serverNow = hlc.millis(serverClock);
        const refused = new Set(ids);
        let last = serverClock;
        for (const entry of await tx.objectStore("entries").getAll()) {
          if (entry.device === device && entry.seq !== undefined && !refused.has(entry.id) && entry.at > last) last = entry.at;
        }
        for (const row of await tx.objectStore("outbox").getAll()) {
          if (!refused.has(row.id)) continue;
          const entry = await tx.objectStore("entries").get([row.card, row.id]);
          last = hlc.tick(last, serverNow, device);
          quietly(tx.objectStore("entries").put({ ...entry, at: last }));
        }
        quietly(meta.put(last, "hlc"));
        quietly(meta.put(serverNow - localNow, "offset"));
      });
    },

    /** The same person, known to the server as another device now (cookies were cleared): what nobody has seen yet is of the new device. */
    async moveToDevice(person, device) {
      return strictly(db, ["entries", "outbox"], async (tx) => {
        const entries = tx.objectStore("entries");
        for (const row of await tx.objectStore("outbox").getAll()) {
          const entry = await entries.get([row.card, row.id]);
          if (entry?.by === person && entry.seq === undefined && entry.device !== device) quietly(entries.put({ ...entry, device }));
        }
      });
    },

    /** One entry that the server finds too large by itself: kept aside with the reason, so that the rest can go on. */
    async reject(id, refusal, now) {
      return strictly(db, STORES, async (tx) => {
        const row = await tx.objectStore("outbox").index("id").get(id);
        if (row) {
          const entry = await tx.objectStore("entries").get([row.card, id]);
          quietly(tx.objectStore("outbox").delete(row.n));
          if (entry && entry.seq === undefined) setAside(tx, entry, refusal, now);
        }
      });
    },
  };
}

/** The server has these: they get their seq and leave the outbox. */
async function takeAccepted(tx, accepted, waiting, numbered) {
  const entries = tx.objectStore("entries");
  for (const [id, seq] of Object.entries(accepted)) {
    const row = waiting.get(id);
    if (!row) continue;
    const entry = await entries.get([row.card, id]);
    if (entry && entry.seq !== seq) {
      quietly(entries.put({ ...entry, seq }));
      numbered.add(entry.card);
    }
    quietly(tx.objectStore("outbox").delete(row.n));
    waiting.delete(id);
  }
}

/**
 * The server refuses these. The person's own go to `rejected` with the reason; what others wrote and a restored server does not take
 * back stays in the log. What the server had once, of a card that is past its retention, goes with the card. Returns the ids that were refused for the
 * clock of this phone: they can go again with another stamp.
 */
async function takeRefused(tx, rejected, waiting, me, now, touch, gone) {
  const clockRefused = [];
  for (const [id, refusal] of Object.entries(rejected)) {
    const row = waiting.get(id);
    const entry = row && (await tx.objectStore("entries").get([row.card, id]));
    if (!entry) continue;
    if (refusal.code === "clock" && entry.by === me.person && entry.seq === undefined) {
      clockRefused.push(id);
      continue;
    }
    quietly(tx.objectStore("outbox").delete(row.n));
    waiting.delete(id);
    const hadOnce = entry.seq !== undefined && gone.includes(entry.card);
    if (entry.by === me.person && !hadOnce) {
      setAside(tx, entry, refusal, now);
      touch(entry);
    }
  }
  return clockRefused;
}

function setAside(tx, entry, { code, message, field }, now) {
  quietly(tx.objectStore("rejected").put({ id: entry.id, entry, code, message: message ?? "", field: field ?? null, when: now }));
  quietly(tx.objectStore("entries").delete([entry.card, entry.id]));
}

async function takeEntries(tx, incoming, waiting, touch, numbered) {
  const entries = tx.objectStore("entries");
  const cards = tx.objectStore("cards");
  const held = await Promise.all(incoming.map((entry) => entries.get([entry.card, entry.id])));
  const newest = new Map();
  for (const [index, entry] of incoming.entries()) {
    const row = waiting.get(entry.id);
    if (row) {
      quietly(tx.objectStore("outbox").delete(row.n));
      waiting.delete(entry.id);
    }
    const before = held[index];
    if (before && before.seq === entry.seq && before.hash === entry.hash) continue;
    quietly(entries.put(entry));
    if (before) numbered.add(entry.card);
    else touch(entry);
    if (!(newest.get(entry.card) > entry.at)) newest.set(entry.card, entry.at);
  }
  for (const [card, at] of newest) {
    const row = await cards.get(card);
    if (!row || row.at < at) quietly(cards.put({ card, at }));
  }
}

/** Up to where this phone has seen each card, as the server says; without its word: the highest seq it sent. */
function cursors(known, answer, gone) {
  const upto = { ...known };
  for (const { card, seq } of answer.entries ?? []) upto[card] = Math.max(upto[card] ?? 0, seq);
  for (const [card, seq] of Object.entries(answer.upto ?? {})) upto[card] = Math.max(upto[card] ?? 0, seq);
  for (const card of gone) delete upto[card];
  return upto;
}

function withoutGaps(known, answer, gone) {
  const upto = { ...known };
  for (const { card, seq } of [...(answer.entries ?? [])].sort((a, b) => a.seq - b.seq)) {
    if (seq === (upto[card] ?? 0) + 1) upto[card] = seq;
  }
  for (const card of gone) delete upto[card];
  return upto;
}

const latest = (stamps) => stamps.filter(Boolean).reduce((a, b) => (a > b ? a : b), "");

/** A card that is no longer this person's leaves the phone. What was never handed in stays: the server will say what becomes of it. */
async function erase(tx, card, waiting) {
  const keys = await tx.objectStore("entries").getAllKeys(ofCard(card));
  const shared = keys.filter(([, id]) => !waiting.has(id));
  for (const key of shared) quietly(tx.objectStore("entries").delete(key));
  if (shared.length === keys.length) quietly(tx.objectStore("cards").delete(card));
}

/** A restored server: everything that this phone holds goes again, also what others wrote, with the server's seal on it. */
async function queueAll(tx, now, waiting, answer) {
  const known = new Set([...Object.keys(answer.accepted ?? {}), ...(answer.entries ?? []).map((entry) => entry.id)]);
  const entries = (await tx.objectStore("entries").getAll()).filter(({ id }) => !waiting.has(id) && !known.has(id));
  entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  for (const entry of entries) quietly(tx.objectStore("outbox").add({ card: entry.card, id: entry.id, written: now, again: true }));
}
