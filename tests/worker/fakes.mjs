/** A phone with a log in memory, and a server that keeps the rules of POST /sync: what the tests of sharing are played with. */
import "fake-indexeddb/auto";

import { v7 as newId } from "uuid";

import { openLog } from "../../static/worker/log.js";
import { newKey, sealer } from "../../static/worker/seal.js";
import { shareRound } from "../../static/worker/sync.js";

let people = 0;

export class FakeServer {
  epoch = "first";
  log = new Map();
  refuse = new Map();
  gone = new Set();
  purged = new Set();
  /** Which entry puts the phone on a card: without it in the log the card is not theirs. */
  lets = new Map();
  /** Cards that the phone was on once by this log: also who comes from another history hears that they are gone. */
  wasOn = new Set();
  ended = {};
  page = Infinity;
  person = null;
  clockMs = null;
  asked = [];
  fail = [];

  /** What `post` of a phone calls. `fail` holds what goes wrong next: "offline", "lost" (taken in, answer lost), or a status. */
  async post(body) {
    this.asked.push(structuredClone(body));
    const wrong = this.fail.shift();
    if (wrong === "offline") throw new TypeError("Failed to fetch");
    if (typeof wrong === "number") return { status: wrong, answer: { error: "no" } };
    if (this.revoked) return { status: 401, answer: { error: "revoked", rejected: this.keepAside(body) } };
    const answer = this.answer(body);
    if (wrong === "lost") throw new TypeError("Failed to fetch");
    return { status: 200, answer: structuredClone(answer) };
  }

  answer({ epoch, have, entries }) {
    const accepted = {};
    const rejected = {};
    for (const entry of entries) {
      const purged = this.purged.has(entry.card) && { code: "forbidden", message: "past its retention", field: "card" };
      const refusal = (this.refuse.get(entry.id) ?? this.tooEarly(entry)) || purged || this.notOn(entry);
      if (refusal) rejected[entry.id] = refusal;
      else accepted[entry.id] = this.take(entry);
    }
    const known = epoch === this.epoch ? have : {};
    const unseen = [...this.log.values()].flat().filter((entry) => !this.isOff(entry.card) && entry.seq > (known[entry.card] ?? 0));
    const sent = unseen.slice(0, this.page);
    const upto = {};
    for (const { card, seq } of sent) upto[card] = seq;
    const lost = Object.keys(have).filter((card) => this.isOff(card) && (epoch === this.epoch || this.wasOn.has(card)));
    const handedIn = entries.map(({ card }) => card).concat(Object.keys(have));
    const gone = [...new Set([...lost, ...handedIn.filter((card) => this.purged.has(card))])];
    const clock = `${String(this.clockMs ?? Date.now()).padStart(13, "0")}-0000-00000000`;
    return { epoch: this.epoch, accepted, rejected, entries: sent, upto, gone, ended: this.ended, more: sent.length < unseen.length, clock, person: this.person ?? undefined };
  }

  isOff(card) {
    return this.gone.has(card) || (this.lets.has(card) && !this.ids(card).includes(this.lets.get(card)));
  }

  /** What it took before, it takes from anybody. */
  notOn({ card, seal }) {
    return !seal && this.lets.has(card) && this.isOff(card) ? { code: "forbidden", message: "not on this card", field: "card" } : null;
  }

  /** A backup from when this card had only so many entries: the rest is lost, and the history gets another name. */
  restore(card, most, epoch = "restored") {
    this.log.set(card, this.ids(card).length ? this.log.get(card).slice(0, most) : []);
    this.epoch = epoch;
    this.asked = [];
  }

  revoked = false;
  aside = [];

  keepAside({ entries }) {
    this.aside.push(...entries.map(({ id }) => id));
    return Object.fromEntries(entries.map(({ id }) => [id, { code: "revoked", message: "kept apart" }]));
  }

  tooEarly({ at }) {
    return Number(at.slice(0, 13)) > (this.clockMs ?? Date.now()) + 600_000 ? { code: "clock", message: "ahead", field: "at" } : null;
  }

  take({ seq: _seq, received: _received, hash: _hash, ...entry }) {
    const card = this.log.get(entry.card) ?? [];
    this.log.set(entry.card, card);
    const held = card.find(({ id }) => id === entry.id);
    if (held) return held.seq;
    card.push({ ...entry, seq: card.length + 1, received: "2026-11-24T02:26:49.311Z", hash: `hash of ${entry.id}`, seal: entry.seal ?? `seal of ${entry.id}` });
    return card.length;
  }

  ids(card) {
    return (this.log.get(card) ?? []).map(({ id }) => id);
  }
}

export class FakePhone {
  static async of(server, { device = "0000000a", at = () => Date.now() } = {}) {
    const phone = new FakePhone();
    people += 1;
    Object.assign(phone, { server, me: { person: `person-${people}`, org: "noord", device }, at, heard: [] });
    phone.sealer = sealer(await newKey());
    phone.log = await openLog(phone.me.person, phone.sealer);
    await phone.log.setMeta("epoch", server.epoch);
    return phone;
  }

  draft(card, stamp, extra = {}) {
    const { person, org, device } = this.me;
    const body = { says: "Ik wacht hier." };
    return { id: newId(), card, kind: "observation.noted", at: stamp(), by: person, org, device, audience: "all", supersedes: [], body, ...extra };
  }

  write(card, many = 1, extra = {}) {
    const make = (stamp) => Array.from({ length: many }, () => this.draft(card, stamp, extra));
    return this.log.write(this.me.device, this.now(), make);
  }

  offset = 0;
  now = () => this.at() + this.offset;

  share(more = {}) {
    return shareRound({
      log: this.log,
      me: this.me,
      now: this.now,
      post: (body) => this.server.post(body),
      told: async (cards) => void this.heard.push(cards),
      corrected: async (off) => void (this.offset += off),
      ...more,
    });
  }

  async ids(card) {
    return (await this.log.entriesOf(card)).map(({ id }) => id).sort();
  }
}

export { newId };
