/**
 * What is kept on this phone: the log of one person, twin of store/log.py.
 *
 * One database a person, `motorkap-<person>`, so that two people who share a phone never see each other's cards.
 *
 *   entries   entries one by one, as they were written or as the server sent them; key [card, id]
 *   blocks    entries that came together or came a while ago, many in one (records.js); key [card, block]
 *   outbox    which entries still have to be handed in, in the order in which they were written, and which of them is an alarm or opens a card
 *   rejected  entries that the server refused, with its reason: kept and shown, never thrown away
 *   cards     which cards there are, and when each was last written on
 *   meta      epoch, clock, cursors, cards that are not confirmed (unconfirmed.js), people that the entries name, duty, the books of the shelf and their editions
 *   alarms    raised while the phone was locked, for which the key was not there (alarms.js)
 *   drafts    what is typed in a form that is not accepted yet
 *
 * What anybody wrote, and every name, is sealed (records.js). Without the key a log counts, forgets, and takes an alarm; nothing else.
 *
 * Invariants, each kept by doing it in one transaction with durability "strict":
 *   1. An entry that a form was answered with is in `entries` and in `outbox`: written means kept.
 *   2. An entry leaves the outbox only when the server has said that it has it (then it has a seq) or that it refuses it (then it is in `rejected`).
 *   3. The clock never goes back: the transaction that stamps an entry also keeps its stamp.
 *
 * A transaction cannot wait for sealing. So what it will do is made ready before it begins (change.js), and it begins by looking whether what that
 * was made from still holds: the clock for who writes, the `turn` for who shares. When not, it is made ready again.
 *
 * The memory of the worker is only a copy: a browser may end it at any moment.
 */
import { openDB } from "idb";

import * as hlc from "../card/hlc.js";
import { quietly, STORES, strictly } from "./change.js";
import { ofCard, records } from "./records.js";
import { sharing } from "./taking.js";

const A_DAY = 24 * 60 * 60 * 1000;
const AT_ONCE = 200;

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
  (db, tx) => {
    tx.objectStore("entries").deleteIndex("seq");
    db.createObjectStore("blocks", { keyPath: ["card", "block"] });
    db.createObjectStore("alarms", { keyPath: "id" });
    db.createObjectStore("drafts", { keyPath: "name" });
  },
];

/** The log of a person. `sealer` (seal.js) has their key; null for a phone that is locked. */
export async function openLog(person, sealer) {
  const log = { closed: false };
  const db = await openDB(`motorkap-${person}`, STEPS.length, {
    upgrade(database, from, _to, tx) {
      for (const step of STEPS.slice(from)) step(database, tx);
    },
    blocking(_current, _blocked, event) {
      log.closed = true;
      event.target.close();
    },
    terminated() {
      log.closed = true;
    },
  });
  const kept = records(sealer);
  try {
    if (sealer) await sealPlain(db, kept);
  } catch (error) {
    db.close();
    throw error;
  }
  return Object.assign(log, { person, close: () => ((log.closed = true), db.close()) }, reading(db, kept), writing(db, kept), sharing(db, kept), drafting(db, kept));
}

/** Everything of a person leaves this phone. */
export async function eraseLog(person) {
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`motorkap-${person}`);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
}

/**
 * Seals what a version from before the sealing left in plain, a part at a time: each is whole on the disk, sealed or not, and whoever is killed in the
 * middle goes on from there. Nobody else has this log yet.
 */
async function sealPlain(db, kept) {
  if (await db.get("meta", "sealed")) return;
  await sealStore(db, "entries", kept, kept.sealEntry);
  await sealStore(db, "rejected", kept, (row) => kept.sealRow("rejected", row.id, { id: row.id, when: row.when }, row));
  for (const key of await db.getAllKeys("meta")) {
    const value = await db.get("meta", key);
    const sealed = value?.box instanceof Uint8Array ? value : await kept.sealMeta(key, value);
    await strictly(db, ["meta"], (tx) => quietly(tx.objectStore("meta").put(sealed, key)));
  }
  await strictly(db, ["meta"], (tx) => quietly(tx.objectStore("meta").put(true, "sealed")));
}

async function sealStore(db, store, kept, seal) {
  const keys = await db.getAllKeys(store);
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const tx = db.transaction(store);
    const found = await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => tx.store.get(key)));
    const sealed = await Promise.all(found.filter(kept.isPlain).map(seal));
    if (sealed.length) await strictly(db, [store], (writes) => sealed.forEach((record) => quietly(writes.objectStore(store).put(record))));
  }
}

function reading(db, kept) {
  return {
    entriesOf: async (card) => [...(await kept.card(db, card)).values()],
    cards: async () => (await db.getAll("cards")).sort((a, b) => (a.at < b.at ? 1 : -1)).map((row) => row.card),
    meta: (key) => kept.metaOf(db, key),
    rejected: async () => Promise.all((await db.getAll("rejected")).map((row) => kept.openRow("rejected", row.id, row))),
    /** The person's own entries that the server does not have yet, oldest first. */
    async unsent() {
      const rows = (await db.getAll("outbox")).filter((row) => !row.again);
      return (await kept.some(db, rows)).filter(Boolean);
    },
    /**
     * How many there are, since when, and which: what the line on every screen says; and how many go back to a server that was restored (`giving`).
     * Needs no key.
     */
    async counts() {
      const tx = db.transaction(["outbox", "rejected"]);
      const [rows, refused] = await Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("rejected").count()]);
      const own = rows.filter((row) => !row.again);
      const giving = rows.length - own.length;
      return { unsent: own.length, since: own.length ? own[0].written : null, refused, waiting: own.map(({ id }) => id), giving };
    },
    /** Alarms from while the phone was locked, as they were kept. */
    alarms: () => db.getAll("alarms"),
  };
}

function writing(db, kept) {
  const sealed = async (entry) => ({ entry, record: await kept.sealEntry(entry) });
  let turn = Promise.resolve();
  let clock;

  /** One after another: whoever stamps at the same moment would only have to stamp again. */
  function inTurn(work) {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  /**
   * Stamps, makes and puts away, again until nobody stamped in between. `ready(stamp)` gives what `put(tx, made)` writes in the transaction that
   * also keeps the stamp.
   */
  const stamped = (device, now, ready, put) =>
    inTurn(async () => {
      for (;;) {
        const before = clock ?? (await db.get("meta", "hlc"));
        clock = before;
        let last = before;
        const made = await ready(() => (last = hlc.tick(last, now, device)));
        const result = await strictly(db, STORES, async (tx) => {
          const meta = tx.objectStore("meta");
          if ((clock = await meta.get("hlc")) !== before) return null;
          const written = await put(tx, made);
          quietly(meta.put(last, "hlc"));
          return { written, last };
        });
        if (!result) continue;
        clock = result.last;
        return result.written;
      }
    });

  return {
    /**
     * Writes the entries that `make(stamp)` returns, and returns those that are new: a second tap on the same form carries the same id.
     * `stamp()` gives the next value of this phone's clock. Nothing is answered before the disk has it.
     */
    write(device, now, make) {
      const ready = (stamp) => Promise.all(make(stamp).map(sealed));
      return stamped(device, now, ready, async (tx, made) => {
        const written = [];
        for (const { entry, record } of made) {
          if (await tx.objectStore("entries").getKey([entry.card, entry.id])) continue;
          written.push(entry);
          putUnsent(tx, record, entry, now);
        }
        return written;
      });
    },

    /** A refused entry goes again, as of now, and of the organisation and device that its writer has now. Returns it, or null. */
    async retry(id, { org, device }, now) {
      const refused = await kept.openRow("rejected", id, await db.get("rejected", id));
      if (!refused) return null;
      const ready = (stamp) => sealed({ ...refused.entry, at: stamp(), org, device });
      return stamped(device, now, ready, async (tx, { entry, record }) => {
        if (!(await tx.objectStore("rejected").getKey(id))) return null;
        putUnsent(tx, record, entry, now);
        quietly(tx.objectStore("rejected").delete(id));
        return entry;
      });
    },
    /** A refused entry leaves, because its writer says so. Returns it, or null. */
    async dismiss(id) {
      const refused = await kept.openRow("rejected", id, await db.get("rejected", id));
      await strictly(db, ["rejected"], (tx) => quietly(tx.objectStore("rejected").delete(id)));
      return refused?.entry ?? null;
    },

    /** An alarm while the key is not there: `make(stamp)` gives the entry, `seal(entry)` what is kept of it. True when it is a new one. */
    raise(device, now, make, seal) {
      const ready = async (stamp) => {
        const entry = make(stamp);
        return { id: entry.id, card: entry.card, when: now, box: await seal(entry) };
      };
      return stamped(device, now, ready, async (tx, row) => {
        if (await tx.objectStore("alarms").getKey(row.id)) return false;
        quietly(tx.objectStore("alarms").put(row));
        return true;
      });
    },
    /** What came of it (alarms.js), for the screen of the locked phone. One that the server has comes back with the next round. */
    async alarmTold(id, told) {
      return strictly(db, ["alarms"], async (tx) => {
        const row = await tx.objectStore("alarms").get(id);
        if (row) quietly(tx.objectStore("alarms").put({ ...row, ...told }));
      });
    },
    /** Unlocked again: these alarms go the way of every entry. */
    async adopt(entries, now) {
      const made = await Promise.all(entries.map(sealed));
      return strictly(db, STORES, async (tx) => {
        quietly(tx.objectStore("alarms").clear());
        for (const { entry, record } of made) {
          if (!(await tx.objectStore("entries").getKey([entry.card, entry.id]))) putUnsent(tx, record, entry, now);
        }
      });
    },

    async setMeta(key, value) {
      await db.put("meta", await kept.sealMeta(key, value), key);
    },

    /**
     * Signing out: what the server has leaves the phone. What it does not have stays, sealed, until its writer signs in again here: also what others wrote and a
     * restored server did not get back yet, for this may be the only phone that has it. Needs no key, so what lies in a block stays as that block.
     */
    async forgetShared({ drafts = true } = {}) {
      const cards = await db.getAllKeys("cards");
      const left = await strictly(db, STORES, async (tx) => {
        const [stays, before] = await Promise.all([notWithServer(tx), tx.objectStore("cards").getAll()]);
        const [hlcNow, turnNow, sealed, unconfirmed] = await Promise.all(["hlc", "turn", "sealed", "unconfirmed"].map((key) => tx.objectStore("meta").get(key)));
        await Promise.all(["entries", "blocks", "outbox", "cards", "meta", ...(drafts ? ["drafts"] : [])].map((name) => tx.objectStore(name).clear()));
        for (const record of stays.entries) quietly(tx.objectStore("entries").put(record));
        for (const record of stays.blocks) quietly(tx.objectStore("blocks").put(record));
        for (const { n: _n, ...row } of stays.rows) quietly(tx.objectStore("outbox").add(row));
        const of = new Set(stays.rows.map(({ card }) => card));
        for (const row of before) if (of.has(row.card)) quietly(tx.objectStore("cards").put(row));
        if (hlcNow) quietly(tx.objectStore("meta").put(hlcNow, "hlc"));
        if (sealed) quietly(tx.objectStore("meta").put(sealed, "sealed"));
        const waiting = Object.entries(unconfirmed ?? {}).filter(([card]) => of.has(card));
        if (waiting.length) quietly(tx.objectStore("meta").put(Object.fromEntries(waiting), "unconfirmed"));
        quietly(tx.objectStore("meta").put((turnNow ?? 0) + 1, "turn"));
        return stays.rows.length;
      });
      cards.forEach(kept.forget);
      return left;
    },
  };
}

/** What the outbox names: its rows, and the records and blocks that they are in. */
async function notWithServer(tx) {
  const [entries, blocks] = [tx.objectStore("entries"), tx.objectStore("blocks")];
  const rows = await tx.objectStore("outbox").getAll();
  const found = await Promise.all(rows.map(({ card, id }) => entries.get([card, id])));
  const elsewhere = [...new Set(rows.filter((_row, place) => !found[place]).map(({ card }) => card))];
  const whole = (await Promise.all(elsewhere.map((card) => blocks.getAll(ofCard(card))))).flat();
  const marks = (await Promise.all(elsewhere.map((card) => entries.getAll(ofCard(card))))).flat().filter(({ left }) => left);
  const inBlocks = new Set(whole.map(({ card }) => card));
  const kept = rows.filter(({ card }, place) => found[place] || inBlocks.has(card));
  return { rows: kept, entries: [...found.filter(Boolean), ...marks], blocks: whole };
}

/** What an alarm must not wait behind: the card's opening goes ahead with it, because before that the server knows no such card. */
const AHEAD = { "alarm.raised": "alarm", "card.opened": "opening" };

function putUnsent(tx, record, { at, kind }, now) {
  quietly(tx.objectStore("entries").put(record));
  quietly(tx.objectStore("outbox").add({ card: record.card, id: record.id, written: now, ...(AHEAD[kind] && { ahead: AHEAD[kind] }) }));
  quietly(tx.objectStore("cards").put({ card: record.card, at }));
}

function drafting(db, kept) {
  return {
    async keepDraft(name, draft) {
      if (draft) await db.put("drafts", await kept.sealRow("drafts", name, { name, when: draft.when }, draft));
      else await db.delete("drafts", name);
    },
    /** {name: draft} of the last day; older ones leave. */
    async drafts(now) {
      const rows = await db.getAll("drafts");
      const fresh = rows.filter(({ when }) => now - when < A_DAY);
      for (const { name } of rows.filter((row) => !fresh.includes(row))) await db.delete("drafts", name);
      return Object.fromEntries(await Promise.all(fresh.map(async (row) => [row.name, await kept.openRow("drafts", row.name, row)])));
    },
  };
}
