import assert from "node:assert/strict";
import { test } from "node:test";

import { openLog } from "../../static/worker/log.js";
import { BYTES, MOST } from "../../static/worker/load.js";
import { createSharer, pause } from "../../static/worker/sync.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

const sorted = (entries) => entries.map(({ id }) => id).sort();

test("what is written is handed in, in the order of writing", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const written = await phone.write(card, 5);
  assert.deepEqual(await phone.share(), { why: null });
  assert.deepEqual(phone.server.ids(card), written.map(({ id }) => id));
  assert.equal((await phone.log.counts()).unsent, 0);
  assert.deepEqual((await phone.log.entriesOf(card)).map(({ seq }) => seq), [1, 2, 3, 4, 5]);
});

test("without a network everything stays, and says so", async () => {
  const phone = await FakePhone.of(new FakeServer());
  await phone.write(newId(), 3);
  phone.server.fail = ["offline"];
  assert.deepEqual(await phone.share(), { why: "offline" });
  assert.equal((await phone.log.counts()).unsent, 3);
});

test("an answer that is lost on the way doubles nothing", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const written = await phone.write(card, 3);
  phone.server.fail = ["lost"];
  assert.equal((await phone.share()).why, "offline");
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card), written.map(({ id }) => id));
  assert.deepEqual(await phone.ids(card), sorted(written));
  assert.equal((await phone.log.counts()).unsent, 0);
});

test("a refused entry is kept with its code and message, and the rest of the batch is shared", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const [first, bad, last] = await phone.write(card, 3);
  phone.server.refuse.set(bad.id, { code: "malformed", message: "level", field: "body.level" });
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card), [first.id, last.id]);
  const [kept] = await phone.log.rejected();
  assert.deepEqual([kept.entry, kept.code, kept.message, kept.field], [bad, "malformed", "level", "body.level"]);
  assert.deepEqual(await phone.log.counts(), { unsent: 0, since: null, refused: 1, waiting: [], giving: 0 });
});

test("a revoked device keeps everything aside", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const written = await phone.write(newId(), 3);
  for (const { id } of written) phone.server.refuse.set(id, { code: "revoked", message: "this device was revoked" });
  await phone.share();
  assert.deepEqual((await phone.log.rejected()).map(({ id }) => id).sort(), sorted(written));
});

test("a device that was revoked hands in all it has, in order, and only then says that it was", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const written = await phone.write(newId(), 1_200);
  phone.server.revoked = true;
  assert.deepEqual(await phone.share(), { why: "revoked" });
  assert.deepEqual(phone.server.aside, written.map(({ id }) => id));
  assert.deepEqual(phone.server.asked.map(({ entries, erases }) => [entries.length, erases]), [[500, true], [500, true], [200, true], [0, true]]);
  assert.equal((await phone.log.counts()).unsent, 0);
});

test("a revoked device whose network fails halfway keeps what it did not hand in", async () => {
  const phone = await FakePhone.of(new FakeServer());
  await phone.write(newId(), 700);
  phone.server.revoked = true;
  phone.server.fail = [undefined, "offline"];
  assert.equal((await phone.share()).why, "offline");
  assert.equal((await phone.log.counts()).unsent, 200);
});

test("a server that says revoked and takes nothing makes no device erase what only it has", async () => {
  const phone = await FakePhone.of(new FakeServer());
  await phone.write(newId(), 2);
  phone.server.post = async () => ({ status: 401, answer: { error: "revoked" } });
  assert.equal((await phone.share()).why, "server");
  assert.equal((await phone.log.counts()).unsent, 2);
});

test("more than 500 entries go in batches of at most 500", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const written = await phone.write(card, 1_201);
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.asked.map(({ entries }) => entries.length), [500, 500, 201]);
  assert.deepEqual(phone.server.ids(card), written.map(({ id }) => id));
  assert.equal(MOST, 500);
});

test("a batch stays under a megabyte", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 100, { body: { says: "é".repeat(7_500) } });
  assert.equal((await phone.share()).why, null);
  const sizes = phone.server.asked.map((body) => new TextEncoder().encode(JSON.stringify(body)).length);
  assert.ok(sizes.length > 1 && sizes.every((size) => size < 1024 * 1024), String(sizes));
  assert.ok(BYTES < 1024 * 1024);
  assert.equal(phone.server.ids(card).length, 100);
});

test("when the server finds a batch too large it goes in smaller ones", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 8);
  phone.server.fail = [413, 413];
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.asked.map(({ entries }) => entries.length), [8, 4, 2, 2, 2, 2]);
});

test("one entry that is too large by itself does not hold up the rest", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const [large, small] = await phone.write(card, 2);
  phone.server.fail = [413, 413];
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card), [small.id]);
  assert.deepEqual((await phone.log.rejected()).map(({ id, code }) => [id, code]), [[large.id, "too_large"]]);
});

test("it goes on until the server has nothing more", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const other = await FakePhone.of(phone.server);
  const card = newId();
  const written = await other.write(card, 25);
  await other.share();
  phone.server.page = 10;
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(await phone.ids(card), sorted(written));
});

test("what is held already is not asked again", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 3);
  await phone.share();
  phone.heard = [];
  await phone.share();
  assert.deepEqual(phone.server.asked.at(-1).have, { [card]: 3 });
  assert.deepEqual(phone.heard, [{}]);
});

test("signed out: everything is kept and the line can say so", async () => {
  const phone = await FakePhone.of(new FakeServer());
  await phone.write(newId(), 2);
  phone.server.fail = [401];
  assert.deepEqual(await phone.share(), { why: "signin" });
  assert.equal((await phone.log.counts()).unsent, 2);
});

test("a card that is no longer this person's leaves the phone, and what was not shared of it is kept", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const [card, other] = [newId(), newId()];
  await phone.write(card, 3);
  await phone.write(other, 1);
  await phone.share();
  const [late] = await phone.write(card);
  phone.server.gone.add(card);
  phone.server.refuse.set(late.id, { code: "forbidden", message: "not on this card", field: "card" });
  await phone.share();
  assert.deepEqual(await phone.log.entriesOf(card), []);
  assert.equal((await phone.log.entriesOf(other)).length, 1);
  assert.deepEqual((await phone.log.rejected()).map(({ entry }) => entry.id), [late.id]);
  assert.ok(!(card in (await phone.log.meta("upto"))));
});

test("a restored server gets everything back, also what others wrote, with their seals", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const other = await FakePhone.of(phone.server, { device: "0000000b" });
  const card = newId();
  const written = [...(await phone.write(card, 700)), ...(await other.write(card, 3))];
  await phone.share();
  await other.share();
  await phone.share();
  const sealed = await phone.log.entriesOf(card);

  phone.server.log.set(card, phone.server.log.get(card).slice(0, 2));
  phone.server.epoch = "restored";
  phone.server.asked = [];
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card).sort(), sorted(written));
  const sent = phone.server.asked.flatMap(({ entries }) => entries);
  const theirs = sent.find(({ by }) => by === other.me.person);
  assert.deepEqual(theirs, sealed.find(({ id }) => id === theirs.id));
  assert.ok(theirs.seal && theirs.received && theirs.hash);
  assert.equal(await phone.log.meta("epoch"), "restored");
  assert.equal((await phone.log.counts()).unsent, 0);
});

test("what the restored server refuses of others is not shown as refused to this person", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const other = await FakePhone.of(phone.server, { device: "0000000b" });
  const card = newId();
  const [theirs] = await other.write(card);
  await other.share();
  await phone.share();
  phone.server.log.clear();
  phone.server.epoch = "restored";
  phone.server.refuse.set(theirs.id, { code: "forbidden", message: "not yours", field: "by" });
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(await phone.log.rejected(), []);
  assert.deepEqual(await phone.ids(card), [theirs.id]);
});

test("a restored server is served also when the network fails in the middle", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const written = await phone.write(card, 1_100);
  await phone.share();
  phone.server.log.clear();
  phone.server.epoch = "restored";
  phone.server.fail = [undefined, undefined, "offline"];
  assert.equal((await phone.share()).why, "offline");
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card).sort(), sorted(written));
});

test("a clock that is too far ahead is corrected and the same entries go again under their ids", async () => {
  const real = 1_795_486_009_123;
  const server = new FakeServer();
  server.clockMs = real;
  const phone = await FakePhone.of(server, { at: () => real + 3_600_000 });
  const card = newId();
  const written = await phone.write(card, 3);
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(server.ids(card), written.map(({ id }) => id));
  const stamps = server.log.get(card).map(({ at }) => at);
  assert.deepEqual(stamps, [...stamps].sort());
  assert.ok(Number(stamps[2].slice(0, 13)) <= real + 600_000);
  assert.deepEqual(await phone.log.rejected(), []);
  assert.equal(phone.offset, -3_600_000);
  const [next] = await phone.write(card);
  assert.ok(next.at > stamps[2]);
  assert.ok(Number(next.at.slice(0, 13)) < real + 600_000);
});

test("a corrected clock never stamps before what the server has of this phone already", async () => {
  const real = 1_795_486_009_123;
  const server = new FakeServer();
  server.clockMs = real;
  let ahead = 500_000;
  const phone = await FakePhone.of(server, { at: () => real + ahead });
  const card = newId();
  const [accepted] = await phone.write(card);
  await phone.share();
  ahead = 7_200_000;
  const [refused] = await phone.write(card);
  assert.equal((await phone.share()).why, null);
  const stamped = server.log.get(card).find(({ id }) => id === refused.id);
  assert.ok(stamped.at > accepted.at);
});

test("an entry that stays refused for its clock is kept and not sent for ever", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const [entry] = await phone.write(newId());
  phone.server.refuse.set(entry.id, { code: "clock", message: "ahead", field: "at" });
  assert.equal((await phone.share()).why, "clock");
  assert.ok(phone.server.asked.length <= 3);
  assert.equal((await phone.log.counts()).unsent, 1);
});

test("somebody else's session sends nothing aside and takes nothing in", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  const [entry] = await phone.write(card);
  phone.server.refuse.set(entry.id, { code: "forbidden", message: "not what the session says", field: "by" });
  assert.equal((await phone.share()).why, "other_person");
  assert.deepEqual(await phone.log.rejected(), []);
  phone.server.refuse.clear();
  phone.server.person = "somebody-else";
  const theirs = newId();
  phone.server.take({ ...entry, id: newId(), card: theirs });
  assert.equal((await phone.share()).why, "other_person");
  assert.deepEqual(await phone.log.entriesOf(theirs), []);
  assert.equal((await phone.log.counts()).unsent, 1);
});

test("a server that answers without moving anything is not asked for ever", async () => {
  const phone = await FakePhone.of(new FakeServer());
  await phone.write(newId());
  const post = async () => ({ status: 200, answer: { epoch: "first", accepted: {}, rejected: {}, entries: [], gone: [], more: true } });
  assert.equal((await phone.share({ post })).why, "server");
  assert.equal((await phone.log.counts()).unsent, 1);
});

test("pauses double, stay under two minutes and differ between phones", () => {
  assert.deepEqual([1, 2, 3].map((failures) => pause(failures, () => 1)), [2_000, 4_000, 8_000]);
  assert.ok(pause(40, () => 1) <= 120_000);
  assert.notEqual(pause(3, () => 0.1), pause(3, () => 0.9));
});

function sharer(round, more = {}) {
  const planned = [];
  const later = (fn, ms) => planned.push({ fn, ms });
  let clock = 0;
  const made = createSharer({ round, locked: (fn) => fn(), now: () => clock, random: () => 1, later, status: async () => {}, ...more });
  return { ...made, planned, pass: (ms) => (clock += ms) };
}

test("rounds never overlap, and what is written during a round gets one more", async () => {
  let inside = 0;
  let rounds = 0;
  const { share } = sharer(async () => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
    rounds += 1;
    return { why: null };
  });
  await Promise.all([share("page"), share("written"), share("stream"), share("online")]);
  assert.equal(rounds, 2);
});

test("after a failure the timer waits, and a person who asks does not", async () => {
  let rounds = 0;
  const { share, planned, pass } = sharer(async () => ({ why: (rounds += 1) < 3 ? "offline" : null }));
  await share("page");
  assert.equal(planned[0].ms, 2_000);
  assert.equal((await share("timer")).why, "later");
  assert.equal(rounds, 1);
  await share("asked");
  assert.equal(rounds, 2);
  assert.equal(planned[1].ms, 4_000);
  pass(4_000);
  assert.equal((await share("timer")).why, null);
});

test("after a round that went well nothing that is written waits for an older pause", async () => {
  let network = false;
  let rounds = 0;
  const { share } = sharer(async () => ({ why: (rounds += 1) && network ? null : "offline" }));
  for (let tries = 0; tries < 6; tries += 1) await share("asked");
  assert.equal((await share("written")).why, "later");
  network = true;
  assert.equal((await share("asked")).why, null);
  assert.equal((await share("written")).why, null);
  assert.equal(rounds, 8);
});

test("a round that throws is a round that failed: it is said, and tried again after a pause", async () => {
  const said = [];
  let wrong = new DOMException("no room", "QuotaExceededError");
  const round = async () => {
    if (wrong) throw wrong;
    return { why: null };
  };
  const { share, planned, pass } = sharer(round, { status: async ({ why }) => void said.push(why) });
  assert.equal((await share("written")).why, "full");
  wrong = new DOMException("aborted", "AbortError");
  pass(planned[0].ms);
  assert.equal((await share("timer")).why, "server");
  wrong = null;
  pass(planned[1].ms);
  assert.equal((await share("timer")).why, null);
  assert.deepEqual([said, planned.map(({ ms }) => ms)], [["full", "server", null], [2_000, 4_000]]);
});

test("what is written while a restored server's answer is taken in does not break the round", async () => {
  const phone = await FakePhone.of(new FakeServer());
  let meanwhile = null;
  const open = async (...sealed) => {
    const work = meanwhile;
    meanwhile = null;
    await work?.();
    return phone.sealer.open(...sealed);
  };
  phone.log.close();
  phone.log = await openLog(phone.me.person, { ...phone.sealer, open });
  const card = newId();
  const written = await phone.write(card, 3);
  await phone.share();
  phone.server.epoch = "restored";
  phone.server.log.clear();
  await phone.log.setMeta("people", { jan: { name: "Jan" } });
  // The outbox has been read by then, and what this phone holds has not.
  meanwhile = async () => void written.push(...(await phone.write(card)));
  assert.equal((await phone.share()).why, null);
  assert.equal(written.length, 4);
  assert.deepEqual(phone.server.ids(card).sort(), sorted(written));
  assert.equal((await phone.log.counts()).unsent, 0);
});

test("an alarm waits for no pause", async () => {
  const { share } = sharer(async () => ({ why: "offline" }));
  await share("page");
  assert.equal((await share("written")).why, "later");
  assert.equal((await share("alarm")).why, "offline");
});

for (const [who, reason] of Object.entries({ "an alarm": "alarm", "whoever asks": "asked", "a network that is back": "online", "a stream that opens": "stream" })) {
  test(`${who} during a round that fails is tried again at once`, async () => {
    let rounds = 0;
    const { share } = sharer(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { why: (rounds += 1) < 2 ? "offline" : null };
    });
    share("written");
    assert.equal((await share(reason)).why, null);
    assert.equal(rounds, 2);
  });
}

test("a device that was revoked, and erased itself, begins nothing again", async () => {
  let rounds = 0;
  const { share } = sharer(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    rounds += 1;
    return { why: "revoked" };
  });
  share("page");
  assert.equal((await share("asked")).why, "revoked");
  assert.equal(rounds, 1);
});

test("what is written during a round that fails waits for the pause", async () => {
  let rounds = 0;
  const { share } = sharer(async () => ({ why: (rounds += 1) && "offline" }));
  share("page");
  assert.equal((await share("written")).why, "offline");
  assert.equal(rounds, 1);
});

test("a server that says how long to wait is listened to, and the phones it says it to do not come back in the same moment", async () => {
  const waits = [];
  for (const chance of [0, 0.5, 1]) {
    const { share, planned } = sharer(async () => ({ why: "server", retryAfter: 90_000 }), { random: () => chance });
    await share("page");
    waits.push(planned[0].ms);
  }
  assert.deepEqual(waits, [91_000, 91_500, 92_000]);
});

test("a card past its retention leaves the phone, and what others wrote on it too", async () => {
  const server = new FakeServer();
  const [phone, other] = [await FakePhone.of(server), await FakePhone.of(server)];
  const [card, stays] = [newId(), newId()];
  await other.write(card, 2);
  await other.share();
  await phone.write(card, 2);
  await phone.write(stays);
  await phone.share();
  assert.equal((await phone.ids(card)).length, 4);
  server.purged.add(card);
  server.log.delete(card);
  await phone.share();
  assert.deepEqual(await phone.ids(card), []);
  assert.deepEqual(await phone.log.cards(), [stays]);
  assert.deepEqual(await phone.log.counts(), { unsent: 0, since: null, refused: 0, waiting: [], giving: 0 });
  assert.ok(phone.heard.some((cards) => card in cards));
});

test("after a restore a purged card goes from the phone instead of coming back, in whatever batches it is handed in", async () => {
  const server = new FakeServer();
  const phone = await FakePhone.of(server);
  const card = newId();
  for (const _ of [1, 2, 3]) {
    await phone.write(card, 300);
    await phone.share();
  }
  server.purged.add(card);
  server.log.delete(card);
  server.epoch = "second";
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(await phone.ids(card), []);
  assert.deepEqual(await phone.log.rejected(), []);
  assert.deepEqual(await phone.log.cards(), []);
});

test("what was never handed in on a purged card is kept aside for its writer", async () => {
  const server = new FakeServer();
  const phone = await FakePhone.of(server);
  const card = newId();
  await phone.write(card, 2);
  await phone.share();
  const [late] = await phone.write(card);
  server.purged.add(card);
  server.log.delete(card);
  await phone.share();
  assert.deepEqual(await phone.ids(card), []);
  assert.deepEqual((await phone.log.rejected()).map(({ id }) => id), [late.id]);
});
