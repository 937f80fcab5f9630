import assert from "node:assert/strict";
import { test } from "node:test";

import { openLog } from "../../static/worker/log.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

test("an entry is in the log and in the outbox together", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const [entry] = await phone.write(card);
  assert.deepEqual(await phone.log.entriesOf(card), [entry]);
  assert.deepEqual(await phone.log.unsent(), [entry]);
  assert.equal((await phone.log.counts()).unsent, 1);
});

test("when writing fails nothing is kept, not even the clock", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const withoutCard = (stamp) => [phone.draft(card, stamp), { ...phone.draft(card, stamp), card: {} }];
  await assert.rejects(phone.log.write(phone.me.device, Date.now(), withoutCard));
  assert.deepEqual(await phone.log.entriesOf(card), []);
  assert.deepEqual(await phone.log.unsent(), []);
  assert.equal(await phone.log.meta("hlc"), undefined);
});

test("writing asks the disk for strict durability", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const asked = [];
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    asked.push([mode, options?.durability]);
    return transaction.call(this, stores, mode, options);
  };
  try {
    await phone.write(newId());
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  assert.deepEqual(asked.filter(([mode]) => mode === "readwrite"), [["readwrite", "strict"]]);
});

test("stamps rise when the wall clock goes back an hour", async () => {
  let wall = 1_795_486_009_123;
  const phone = await FakePhone.of(new FakeServer(), { at: () => wall });
  const card = newId();
  const [before] = await phone.write(card);
  wall -= 3_600_000;
  const [after] = await phone.write(card);
  assert.ok(after.at > before.at);
});

test("two forms at the same moment get two stamps", async () => {
  const phone = await FakePhone.of(new FakeServer(), { at: () => 1_795_486_009_123 });
  const card = newId();
  const written = (await Promise.all(Array.from({ length: 20 }, () => phone.write(card)))).flat();
  assert.equal(new Set(written.map(({ at }) => at)).size, 20);
});

test("a second tap on the same form writes nothing new", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const id = newId();
  const tap = () => phone.log.write(phone.me.device, Date.now(), (stamp) => [phone.draft(card, stamp, { id })]);
  const [[entry], none] = await Promise.all([tap(), tap()]);
  assert.deepEqual(none, []);
  assert.deepEqual(await phone.log.entriesOf(card), [entry]);
  assert.equal((await phone.log.counts()).unsent, 1);
});

test("a log that was closed and opened again holds what was written", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const [entry] = await phone.write(card);
  phone.log.close();
  const again = await openLog(phone.me.person, phone.sealer);
  assert.deepEqual(await again.entriesOf(card), [entry]);
  assert.deepEqual(await again.unsent(), [entry]);
});

test("two persons on one phone never see each other's cards", async () => {
  const server = new FakeServer();
  const [one, other] = [await FakePhone.of(server), await FakePhone.of(server)];
  const card = newId();
  await one.write(card);
  assert.deepEqual(await other.log.entriesOf(card), []);
  assert.deepEqual(await other.log.cards(), []);
});

test("after signing out only what was never shared is still there", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 3);
  await phone.share();
  const [unsent] = await phone.write(card);
  assert.equal(await phone.log.forgetShared(), 1);
  assert.deepEqual(await phone.log.entriesOf(card), [unsent]);
  assert.deepEqual(await phone.log.unsent(), [unsent]);
  assert.equal(await phone.log.meta("people"), undefined);
});

test("what the stream brings after a hole does not hide the hole", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const other = await FakePhone.of(phone.server);
  const written = await other.write(card, 4);
  await other.share();
  const all = phone.server.log.get(card);
  await phone.log.take({ epoch: "first", entries: [all[0]], upto: { [card]: 1 } }, phone.me, Date.now());
  await phone.log.take({ epoch: "first", entries: [all[3]], upto: { [card]: 4 } }, phone.me, Date.now(), { streamed: true });
  assert.deepEqual(await phone.log.meta("upto"), { [card]: 1 });
  await phone.share();
  assert.deepEqual(await phone.ids(card), written.map(({ id }) => id).sort());
});

test("the stream moves the cursor when nothing is missing before it", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const other = await FakePhone.of(phone.server);
  await other.write(card, 3);
  await other.share();
  await phone.log.take({ epoch: "first", entries: phone.server.log.get(card) }, phone.me, Date.now(), { streamed: true });
  assert.deepEqual(await phone.log.meta("upto"), { [card]: 3 });
});
