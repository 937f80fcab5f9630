/** What the log hands in and takes in: the twin of `append` and `read_from` in store/log.py, on the side of the phone. */
import * as hlc from "../card/hlc.js";
import { changing } from "./change.js";
import { bytesOf } from "./load.js";
import { FULL, ofCard } from "./records.js";
import { putOnShelf } from "./shelf.js";
import { patience, takenOff, unconfirmedAfter, unconfirmedNow, verdict } from "./unconfirmed.js";

const REMEMBERED = ["epoch", "upto", "people", "shelf", "unconfirmed"];

export function sharing(db, kept) {
  const outbox = async () => new Map((await db.getAll("outbox")).map((row) => [row.id, row]));

  async function everything() {
    const all = [];
    for (const card of await db.getAllKeys("cards")) all.push(...(await kept.card(db, card)).values());
    return all;
  }

  /** Cards on which many entries stand by themselves: what is shared goes into blocks, so that a card opens as fast as on its first day. */
  async function packLong(cards) {
    for (const card of cards) {
      if ((await db.count("entries", ofCard(card))) < FULL) continue;
      await changing(db, kept, async (change) => {
        const entries = await kept.card(db, card);
        change.pack(card, [...entries.values()].filter(({ seq }) => seq !== undefined));
      });
    }
  }

  return {
    /**
     * The next entries to hand in, in order, at most `most` of them and `bytes` bytes of JSON. `barred`: ids that wait for something else first.
     * An alarm goes by itself, before all the rest: on a slow network that may take minutes.
     */
    async batch(most, bytes, barred = new Set()) {
      const batch = [];
      let size = 0;
      const rows = (await db.getAll("outbox")).filter(({ id }) => !barred.has(id));
      for (const entry of await kept.some(db, ahead(rows).slice(0, most))) {
        if (!entry) continue;
        size += bytesOf(entry) + 1;
        if (batch.length && size > bytes) break;
        batch.push(entry);
      }
      return batch;
    },

    /**
     * Takes in what the server answered or streamed, all or nothing. `me` is {person, device} of this log, and how long it may do without the server's word.
     * Returns what changed: {cards: {card: kinds that came or went}, numbered: cards of which held entries only got their seq, clockRefused: ids, newEpoch},
     * and of cards that are not confirmed (unconfirmed.js): barred: ids that the server does not take yet, askAgain: whether there is more to hear about one of them.
     *
     * What comes by the stream can have a hole before it that the next round fills: it moves a cursor only without a gap in the seq.
     */
    async take(answer, me, now, { streamed = false } = {}) {
      const incoming = answer.entries ?? [];
      const gone = answer.gone ?? [];
      const taken = await changing(db, kept, async (change) => {
        const changed = new Map();
        const numbered = new Set();
        const touch = ({ card, kind }) => changed.set(card, (changed.get(card) ?? new Set()).add(kind));
        const waiting = await outbox();
        const [epoch, upto, people, shelf, before] = await Promise.all(REMEMBERED.map((key) => kept.metaOf(db, key)));
        const newEpoch = Boolean(answer.epoch && epoch && answer.epoch !== epoch);
        const named = [...Object.keys(answer.accepted ?? {}), ...Object.keys(answer.rejected ?? {})].map((id) => waiting.get(id)).filter(Boolean);
        await change.read([...named, ...incoming, ...takenOff(answer)]);

        const cards = await db.getAllKeys("cards");
        const writtenOn = new Set([...waiting.values()].filter(({ again }) => !again).map(({ card }) => card));
        const unconfirmed = unconfirmedNow({ newEpoch, cards, before, upto, writtenOn, now });
        const giving = new Set(newEpoch ? cards : stillGiving(waiting, answer));
        const holds = (wanted) => change.entry(wanted) !== null;
        const { isPurged, keeps } = verdict(unconfirmed, { answer, cardOf: (id) => waiting.get(id)?.card, giving, holds, now, limit: patience(me) });

        takeAccepted(change, answer.accepted ?? {}, waiting, numbered);
        const { clockRefused, barred } = takeRefused(change, answer.rejected ?? {}, waiting, { me, now, touch, isPurged, keeps });
        takeEntries(change, incoming, waiting, touch, numbered);
        const erased = gone.filter((card) => !keeps(card));
        for (const card of erased) {
          change.erase(card);
          touch({ card, kind: "card.opened" });
        }

        const known = newEpoch ? {} : (upto ?? {});
        const cursor = streamed ? withoutGaps(known, answer, gone) : cursors(known, answer, gone);
        change.meta("upto", cursor);
        if (answer.epoch) change.meta("epoch", answer.epoch);
        if (answer.people) change.meta("people", { ...people, ...answer.people });
        if (answer.duty) change.meta("duty", answer.duty);
        putOnShelf(change, answer.shelf, shelf);
        const seen = latest([...incoming.map((entry) => entry.at), answer.clock]);
        if (seen) change.clock = (last) => hlc.receive(last, seen, now, me.device);
        const again = newEpoch ? toQueue(await everything(), waiting, answer, erased) : [];
        for (const entry of again) change.queue(entry, now);
        const unanswered = new Set([...waiting.values(), ...again].map(({ card }) => card));
        const after = unconfirmedAfter(unconfirmed, { keeps, gone, upto: cursor, waiting: unanswered, giving });
        change.meta("unconfirmed", after);
        const turned = Object.keys(unconfirmed).filter((card) => Boolean(unconfirmed[card].off) !== Boolean(after[card]?.off));
        for (const card of turned) touch({ card, kind: "card.opened" });
        const askAgain = turned.some((card) => after[card]?.off) || (streamed && incoming.some(({ card }) => card in unconfirmed));
        const came = Object.fromEntries([...changed].map(([card, kinds]) => [card, [...kinds]]));
        return { cards: came, numbered: [...numbered], clockRefused, newEpoch, barred, askAgain };
      });
      await packLong(new Set(incoming.map(({ card }) => card)));
      return taken;
    },

    /**
     * The server says that these stamps are ahead of it. The stamps go on from its clock, and these entries, which nobody else has seen, get a new one under
     * the same id, in their order. It never stamps before what the server already has of this phone.
     */
    restamp(ids, device, serverClock) {
      return changing(db, kept, async (change) => {
        const serverNow = hlc.millis(serverClock);
        const refused = new Set(ids);
        let last = serverClock;
        for (const entry of await everything()) {
          if (entry.device === device && entry.seq !== undefined && !refused.has(entry.id) && entry.at > last) last = entry.at;
        }
        const rows = [...(await outbox()).values()].filter((row) => refused.has(row.id));
        await change.read(rows);
        for (const row of rows) {
          last = hlc.tick(last, serverNow, device);
          change.put({ ...change.entry(row), at: last });
        }
        change.clock = () => last;
      });
    },

    /** The same person, known to the server as another device now (cookies were cleared): what nobody has seen yet is of the new device. */
    moveToDevice(person, device) {
      return changing(db, kept, async (change) => {
        const rows = [...(await outbox()).values()];
        await change.read(rows);
        for (const entry of rows.map((row) => change.entry(row))) {
          if (entry?.by === person && entry.seq === undefined && entry.device !== device) change.put({ ...entry, device });
        }
      });
    },

    /** One entry that the server finds too large by itself: kept aside with the reason, so that the rest can go on. */
    reject(id, refusal, now) {
      return changing(db, kept, async (change) => {
        const row = (await outbox()).get(id);
        if (!row) return;
        await change.read([row]);
        const entry = change.entry(row);
        change.leave(row);
        if (entry && entry.seq === undefined) change.setAside(entry, refusal, now);
      });
    },
  };
}

/** The server has these: they get their seq and leave the outbox. */
function takeAccepted(change, accepted, waiting, numbered) {
  for (const [id, seq] of Object.entries(accepted)) {
    const row = waiting.get(id);
    if (!row) continue;
    const entry = change.entry(row);
    if (entry && entry.seq !== seq) {
      change.put({ ...entry, seq });
      numbered.add(entry.card);
    }
    change.leave(row);
    waiting.delete(id);
  }
}

/**
 * The server refuses these. The person's own go to `rejected` with the reason; what others wrote and a restored server does not take
 * back stays in the log. What the server had once, of a card that is past its retention, goes with the card. What it refuses only because it does not know yet
 * that this person is on the card waits (`barred`). Returns the ids of those, and of what was refused for the clock of this phone: that can go again with
 * another stamp.
 */
function takeRefused(change, rejected, waiting, { me, now, touch, isPurged, keeps }) {
  const [clockRefused, barred] = [[], []];
  for (const [id, refusal] of Object.entries(rejected)) {
    const row = waiting.get(id);
    const entry = row && change.entry(row);
    if (!entry) continue;
    const mine = entry.by === me.person;
    if (refusal.code === "clock" && mine && entry.seq === undefined) clockRefused.push(id);
    else if (refusal.code === "forbidden" && refusal.field === "card" && mine && keeps(entry.card)) barred.push(id);
    else {
      change.leave(row);
      waiting.delete(id);
      const hadOnce = entry.seq !== undefined && isPurged(entry.card);
      if (mine && !hadOnce) {
        change.setAside(entry, refusal, now);
        touch(entry);
      }
    }
  }
  return { clockRefused, barred };
}

/** Cards of which something that goes back to a restored server has no answer yet, also not in this one. */
function stillGiving(waiting, { accepted, rejected, entries }) {
  const answered = new Set([...Object.keys(accepted ?? {}), ...Object.keys(rejected ?? {}), ...(entries ?? []).map(({ id }) => id)]);
  return [...waiting.values()].filter((row) => row.again && !answered.has(row.id)).map(({ card }) => card);
}

function takeEntries(change, incoming, waiting, touch, numbered) {
  for (const entry of incoming) {
    const row = waiting.get(entry.id);
    if (row) {
      change.leave(row);
      waiting.delete(entry.id);
    }
    const before = change.entry(entry);
    if (before && before.seq === entry.seq && before.hash === entry.hash) continue;
    change.put(entry, { fresh: !before });
    change.written(entry);
    if (before) numbered.add(entry.card);
    else touch(entry);
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

/** The alarms that wait, with the openings of their cards; without an alarm all rows. */
function ahead(rows) {
  const ringing = new Set(rows.filter((row) => row.ahead === "alarm").map(({ card }) => card));
  return ringing.size ? rows.filter((row) => row.ahead && ringing.has(row.card)) : rows;
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

/** A restored server: everything that this phone holds goes again, also what others wrote, with the server's seal on it. */
function toQueue(held, waiting, answer, erased) {
  const known = new Set([...Object.keys(answer.accepted ?? {}), ...(answer.entries ?? []).map((entry) => entry.id)]);
  const left = held.filter(({ id, card }) => !waiting.has(id) && !known.has(id) && !erased.includes(card));
  return left.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}
