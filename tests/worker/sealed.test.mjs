import assert from "node:assert/strict";
import { test } from "node:test";

import { openDB } from "idb";

import { openLog } from "../../static/worker/log.js";
import { newKey, sealer } from "../../static/worker/seal.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

/** A card on the server of `many` entries, written by others. */
function longCard(server, many) {
  const card = newId();
  for (let turn = 0; turn < many; turn += 1) addTo(server, card);
  return card;
}

function addTo(server, card) {
  const at = `${String(1_795_486_009_123 + server.ids(card).length).padStart(13, "0")}-0000-0000000b`;
  server.take({ id: newId(), card, kind: "observation.noted", at, by: "other", org: "oost", device: "0000000b", audience: "all", supersedes: [], body: { says: "ziet niemand" } });
}

const raw = (phone) => openDB(`motorkap-${phone.me.person}`);

async function rows(phone, store) {
  const db = await raw(phone);
  const all = await db.getAll(store);
  db.close();
  return all;
}

test("a long card comes in as a few blocks and is read back whole", async () => {
  const server = new FakeServer();
  const card = longCard(server, 1_200);
  const phone = await FakePhone.of(server);
  await phone.share();
  assert.deepEqual(await phone.ids(card), server.ids(card).sort());
  assert.equal((await rows(phone, "entries")).length, 0);
  assert.equal((await rows(phone, "blocks")).length, 3);
  const again = await openLog(phone.me.person, phone.sealer);
  assert.equal((await again.entriesOf(card)).length, 1_200);
});

test("what comes one by one goes into a block when it is much, and what is not shared stays by itself", async () => {
  const server = new FakeServer();
  const card = longCard(server, 3);
  const phone = await FakePhone.of(server);
  await phone.share();
  const [mine] = await phone.write(card);
  for (let turn = 0; turn < 520; turn += 1) {
    addTo(server, card);
    const [last] = server.log.get(card).slice(-1);
    await phone.log.take({ entries: [last], upto: { [card]: last.seq } }, phone.me, phone.now(), { streamed: true });
  }
  assert.ok((await rows(phone, "blocks")).length >= 1);
  assert.ok((await rows(phone, "entries")).length < 512);
  assert.equal((await phone.log.entriesOf(card)).length, 524);
  assert.deepEqual(await phone.log.unsent(), [mine]);
  await phone.share();
  assert.deepEqual(await phone.ids(card), server.ids(card).sort());
});

test("an entry in a block that gets another seq after a restore is there once, as it is now", async () => {
  const server = new FakeServer();
  const card = longCard(server, 100);
  const phone = await FakePhone.of(server);
  await phone.share();
  server.epoch = "restored";
  server.log.set(card, []);
  addTo(server, card);
  await phone.share();
  const held = await phone.log.entriesOf(card);
  assert.equal(held.length, 101);
  assert.deepEqual(held.map(({ id, seq }) => [id, seq]).sort(), server.log.get(card).map(({ id, seq }) => [id, seq]).sort());
  assert.equal((await phone.log.counts()).unsent, 0);
});

test("an entry in a block that a restored server refuses leaves the card and is kept apart", async () => {
  const server = new FakeServer();
  const phone = await FakePhone.of(server);
  const card = newId();
  await phone.write(card, 100);
  await phone.share();
  const fresh = await FakePhone.of(server);
  fresh.log.close();
  fresh.me = { ...fresh.me, person: phone.me.person };
  fresh.log = await openLog(`${phone.me.person}-elsewhere`, phone.sealer);
  await fresh.log.setMeta("epoch", server.epoch);
  await fresh.share();
  const [refused] = server.ids(card);
  server.epoch = "restored";
  server.log.set(card, []);
  server.refuse.set(refused, { code: "forbidden", message: "no" });
  await fresh.share();
  assert.equal((await fresh.log.entriesOf(card)).length, 99);
  assert.deepEqual((await fresh.log.rejected()).map(({ id }) => id), [refused]);
});

test("a card that is gone takes its blocks along, and leaves what was never handed in", async () => {
  const server = new FakeServer();
  const card = longCard(server, 100);
  const phone = await FakePhone.of(server);
  await phone.share();
  const [mine] = await phone.write(card);
  await phone.log.take({ gone: [card] }, phone.me, phone.now());
  assert.deepEqual(await phone.log.entriesOf(card), [mine]);
  assert.deepEqual(await rows(phone, "blocks"), []);
});

test("nothing that anybody wrote is on the disk in plain, and a log with another key opens none of it", async () => {
  const server = new FakeServer();
  const card = longCard(server, 100);
  const phone = await FakePhone.of(server);
  await phone.share();
  await phone.write(card);
  await phone.log.keepDraft("/cards/x/entries", { when: Date.now(), values: [["says", "half getypt"]] });
  await phone.log.setMeta("people", { jan: { name: "Jan de Vries" } });
  const disk = [];
  for (const store of ["entries", "blocks", "outbox", "rejected", "cards", "meta", "drafts"]) disk.push(...(await rows(phone, store)));
  const text = JSON.stringify(disk, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value));
  for (const said of ["ziet niemand", "Ik wacht hier", "half getypt", "de Vries", "observation.noted"]) assert.ok(!text.includes(said), said);
  const other = await openLog(phone.me.person, sealer(await newKey()));
  await assert.rejects(other.entriesOf(card));
});

test("without the key a log counts and forgets, and what is not shared stays sealed until its writer is back", async () => {
  const server = new FakeServer();
  const card = longCard(server, 100);
  const phone = await FakePhone.of(server);
  await phone.share();
  const [mine] = await phone.write(card);
  phone.log.close();
  const locked = await openLog(phone.me.person, null);
  assert.equal((await locked.counts()).unsent, 1);
  await assert.rejects(locked.entriesOf(card), { name: "Locked" });
  await locked.forgetShared();
  locked.close();
  const again = await openLog(phone.me.person, phone.sealer);
  assert.deepEqual(await again.unsent(), [mine]);
  assert.deepEqual(await again.entriesOf(card), [mine]);
});

test("what an older version left in plain is sealed when the log is opened, and nothing of it is lost", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  phone.log.close();
  const person = `${phone.me.person}-old`;
  const old = await openDB(`motorkap-${person}`, 1, {
    upgrade(db) {
      const entries = db.createObjectStore("entries", { keyPath: ["card", "id"] });
      entries.createIndex("seq", ["card", "seq"]);
      const outbox = db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      outbox.createIndex("id", "id", { unique: true });
      db.createObjectStore("rejected", { keyPath: "id" });
      db.createObjectStore("cards", { keyPath: "card" });
      db.createObjectStore("meta");
    },
  });
  const entry = { id: newId(), card, kind: "observation.noted", at: "1795486009123-0000-0000000a", by: person, body: { says: "van vroeger" } };
  await old.put("entries", entry);
  await old.add("outbox", { card, id: entry.id, written: 1 });
  await old.put("cards", { card, at: entry.at });
  await old.put("meta", { jan: { name: "Jan" } }, "people");
  old.close();
  const log = await openLog(person, phone.sealer);
  assert.deepEqual(await log.entriesOf(card), [entry]);
  assert.deepEqual(await log.unsent(), [entry]);
  assert.deepEqual(await log.meta("people"), { jan: { name: "Jan" } });
  assert.ok((await rows({ me: { person } }, "entries")).every(({ box }) => box instanceof Uint8Array));
});

test("two who write and one who shares at the same moment lose nothing", async () => {
  const server = new FakeServer();
  const phone = await FakePhone.of(server);
  const card = newId();
  const other = await openLog(phone.me.person, phone.sealer);
  const make = (stamp) => [phone.draft(card, stamp)];
  const turns = Array.from({ length: 15 }, () => [phone.write(card), other.write(phone.me.device, Date.now(), make), phone.share()]);
  const written = (await Promise.all(turns.flat())).filter(Array.isArray).flat();
  assert.equal(new Set(written.map(({ at }) => at)).size, 30);
  await phone.share();
  assert.deepEqual(await phone.ids(card), written.map(({ id }) => id).sort());
  assert.deepEqual(server.ids(card).sort(), written.map(({ id }) => id).sort());
});
