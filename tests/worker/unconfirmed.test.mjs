/**
 * After a restore: a phone that was put on a card after the backup was made. A is who let it in, B the phone. What B alone holds is given back, whoever comes
 * first; and B keeps no card for ever to which it has no right any more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { openLog } from "../../static/worker/log.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

const HOUR = 3_600_000;
const ids = (entries) => entries.map(({ id }) => id);
const sorted = (entries) => ids(entries).sort();

/** A card that B wrote on after it was let in, by an entry of A that B `holds` or may not read; then the backup of before that is put back. */
async function restored({ holds = true, unsent = 1, more = 0 } = {}) {
  const server = new FakeServer();
  let ms = Date.now();
  server.clockMs = ms;
  const [a, b] = [await FakePhone.of(server, { device: "0000000a", at: () => ms }), await FakePhone.of(server, { device: "0000000b", at: () => ms })];
  const card = newId();
  const before = await a.write(card, 2);
  await a.share();
  const [lets] = await a.write(card);
  await a.share();
  server.lets.set(card, lets.id);
  const withheld = server.log.get(card).find(({ id }) => id === lets.id);
  if (!holds) server.log.set(card, server.log.get(card).filter((entry) => entry !== withheld).concat({ ...withheld, id: "seen" }));
  if (!holds) server.lets.set(card, "seen");
  await b.share();
  if (!holds) await forgets(b, card, "seen");
  const written = await b.write(card, 2 + more);
  await b.share();
  const late = await b.write(card, unsent);
  server.restore(card, 2);
  server.lets.set(card, lets.id);
  server.wasOn.add(card);
  return { server, a, b, card, before, lets, written, late, pass: (time) => (ms = server.clockMs += time), comes: () => server.take(withheld) };
}

/** B never had this entry: it was not for B to read. */
async function forgets(phone, card, id) {
  const { openDB } = await import("idb");
  const db = await openDB(`motorkap-${phone.me.person}`);
  await db.delete("entries", [card, id]);
  db.close();
}

const holdsAll = async (phone, card, entries) => {
  const held = new Set(await phone.ids(card));
  return entries.every(({ id }) => held.has(id));
};

test("a card that the backup says is gone is given back before anything, and with it the entry that let this person in", async () => {
  const { server, b, card, lets, written, late } = await restored();
  assert.deepEqual(await b.share(), { why: null });
  assert.ok([lets, ...written, ...late].every(({ id }) => server.ids(card).includes(id)));
  assert.ok(await holdsAll(b, card, [lets, ...written, ...late]));
  assert.deepEqual(await b.log.rejected(), []);
  assert.deepEqual(await b.log.meta("unconfirmed"), {});
});

test("what was never handed in waits for the entry that lets its writer in, and is not refused for good", async () => {
  const { server, b, card, late } = await restored({ more: 1_200, unsent: 30 });
  assert.deepEqual(await b.share(), { why: null });
  assert.ok(ids(late).every((id) => server.ids(card).includes(id)));
  assert.deepEqual([await b.log.rejected(), (await b.log.counts()).unsent], [[], 0]);
});

test("who may not read the entry that lets them in gives back the rest, keeps the card, and is let in when another brings it", async () => {
  const { server, b, card, written, late, comes } = await restored({ holds: false });
  assert.deepEqual(await b.share(), { why: "restored" });
  assert.ok(ids(written).every((id) => server.ids(card).includes(id)));
  assert.ok(await holdsAll(b, card, [...written, ...late]));
  assert.equal((await b.log.counts()).unsent, 1);
  assert.equal((await b.log.meta("unconfirmed"))[card].off, true);
  assert.equal(server.asked.at(-1).have[card], 0);

  comes();
  assert.deepEqual(await b.share(), { why: null });
  assert.ok(ids(late).every((id) => server.ids(card).includes(id)));
  assert.deepEqual(await b.ids(card), sorted(server.log.get(card)));
  assert.deepEqual([await b.log.rejected(), await b.log.meta("unconfirmed")], [[], {}]);
});

test("the stream that brings the card back makes the phone share at once", async () => {
  const { server, b, card, comes } = await restored({ holds: false });
  await b.share();
  comes();
  const entries = server.log.get(card).slice(-1);
  const heard = { epoch: server.epoch, entries, clock: entries[0].at };
  assert.equal((await b.log.take(heard, b.me, b.now(), { streamed: true })).askAgain, true);
});

test("who lets in comes first: the other finds the way free and gives back what only they hold", async () => {
  const { server, b, card, written, late, comes } = await restored();
  comes();
  assert.deepEqual(await b.share(), { why: null });
  assert.deepEqual(await b.ids(card), sorted(server.log.get(card)));
  assert.ok([...written, ...late].every(({ id }) => server.ids(card).includes(id)));
});

test("a network that fails in the middle of giving back makes no card go", async () => {
  const { server, b, card, written } = await restored({ more: 1_200 });
  server.fail = [undefined, undefined, "offline"];
  assert.equal((await b.share()).why, "offline");
  assert.ok(await holdsAll(b, card, written));
  assert.equal((await b.share()).why, null);
  assert.ok(ids(written).every((id) => server.ids(card).includes(id)));
});

test("who is taken off while they give back hands in the rest first, and then the card goes", async () => {
  const { server, b, card, written } = await restored({ more: 1_200, unsent: 0 });
  const off = newId();
  const answer = server.answer.bind(server);
  server.answer = (body) => {
    if (server.asked.length === 3) {
      server.gone.add(card);
      server.ended = { [card]: { why: "taken_off", by: [off] } };
    }
    return answer(body);
  };
  assert.equal((await b.share()).why, null);
  assert.ok(ids(written).every((id) => server.ids(card).includes(id)));
  assert.deepEqual([await b.ids(card), await b.log.cards()], [[], []]);
});

test("an entry that took somebody off and that they hold is not the last word: they were put on again after it", async () => {
  const { server, b, card, before } = await restored({ holds: false });
  server.ended = { [card]: { why: "taken_off", by: [before[1].id] } };
  await b.share();
  assert.ok((await b.ids(card)).length);
  server.ended = { [card]: { why: "taken_off", by: [before[1].id, newId()] } };
  await b.share();
  assert.ok(!(await holdsAll(b, card, before)));
});

async function goes(why) {
  const { server, b, card, late } = await restored({ holds: false });
  server.ended = { [card]: { why } };
  if (why === "purged") server.purged.add(card);
  await b.share();
  await b.share();
  assert.deepEqual(await b.ids(card), []);
  assert.deepEqual(await b.log.meta("unconfirmed"), {});
  assert.deepEqual(ids((await b.log.rejected()).map(({ entry }) => entry)), ids(late));
}

test("a card past its retention goes, and what was never handed in is kept aside for its writer", () => goes("purged"));

test("a card of a duty that is over goes once all is given back, and what was never handed in is kept aside", () => goes("off_duty"));

test("when nobody brings back what lets them in the card goes after three days, and their own words are kept aside", async () => {
  const { b, card, written, late, pass } = await restored({ holds: false });
  await b.share();
  pass(71 * HOUR);
  assert.deepEqual(await b.share(), { why: "restored" });
  assert.ok(await holdsAll(b, card, [...written, ...late]));
  pass(2 * HOUR);
  assert.deepEqual(await b.share(), { why: null });
  assert.deepEqual([await b.ids(card), await b.log.meta("unconfirmed")], [[], {}]);
  assert.deepEqual(ids((await b.log.rejected()).map(({ entry }) => entry)), ids(late));
  assert.equal((await b.log.rejected())[0].field, "card");
});

test("how long that is, the organisation says with how long a phone may be without contact", async () => {
  const { b, card, pass } = await restored({ holds: false });
  b.me.offline_lock_h = 8;
  await b.share();
  pass(9 * HOUR);
  await b.share();
  assert.deepEqual(await b.ids(card), []);
});

test("a server that lost its secret takes back from each what they wrote themselves, also when they are let in later", async () => {
  const { server, b, card, written, late, comes } = await restored();
  const take = server.answer.bind(server);
  server.answer = (body) => {
    for (const { id, by } of body.entries) if (by !== b.me.person) server.refuse.set(id, { code: "forbidden", message: "no", field: "by" });
    return take({ ...body, entries: body.entries.map(({ seal: _seal, ...entry }) => entry) });
  };
  assert.deepEqual(await b.share(), { why: "restored" });
  assert.ok(await holdsAll(b, card, [...written, ...late]));
  comes();
  assert.deepEqual(await b.share(), { why: null });
  assert.ok([...written, ...late].every(({ id }) => server.ids(card).includes(id)));
  assert.deepEqual(await b.log.rejected(), []);
});

test("a phone that gave back under an older version hears of the cards that it never named again", async () => {
  const { b, card, pass } = await restored({ holds: false, unsent: 0 });
  await b.share();
  const { openDB } = await import("idb");
  const db = await openDB(`motorkap-${b.me.person}`);
  await db.delete("meta", "unconfirmed");
  db.close();
  await b.share();
  await b.share();
  assert.equal(b.server.asked.at(-1).have[card], 0);
  pass(73 * HOUR);
  await b.share();
  assert.deepEqual(await b.ids(card), []);
});

test("who signs out meanwhile gives it back after signing in again, once the server knows them", async () => {
  const { server, b, card, written, late, comes } = await restored({ holds: false });
  assert.equal((await b.share()).why, "restored");
  b.log.close();
  const locked = await openLog(b.me.person, null);
  await locked.forgetShared();
  locked.close();
  b.log = await openLog(b.me.person, b.sealer);
  await b.log.setMeta("epoch", server.epoch);
  assert.equal((await b.share()).why, "restored");
  comes();
  assert.equal((await b.share()).why, null);
  for (const { id } of [...written, ...late]) assert.ok(server.ids(card).includes(id));
  assert.deepEqual(await b.log.rejected(), []);
});
