import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, openCard, signedIn } from "./desk.mjs";
import { BYTES, bytesOf, createLoad, MOST } from "../../static/worker/load.js";
import { shareSoon } from "../../static/worker/sharing.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

console.warn = console.error = () => {};

const PATIENCE = 30_000;
const SAYS = "Man staat op het kruispunt en regelt het verkeer, reageert niet op aanspreken. ".repeat(6);

/** A phone on an uplink of so many bytes a second: what takes longer than its patience is broken off. */
async function phoneOn(uplink) {
  const phone = await FakePhone.of(new FakeServer());
  phone.uplink = uplink;
  phone.calls = [];
  let clock = 0;
  const load = createLoad({ patience: PATIENCE, clock: () => clock });
  const post = async (body) => {
    const took = (1000 * bytesOf(body)) / phone.uplink;
    clock += Math.min(took, PATIENCE);
    phone.calls.push({ many: body.entries.length, in_time: took <= PATIENCE });
    if (took > PATIENCE) throw new DOMException("no answer in time", "TimeoutError");
    return phone.server.post(body);
  };
  return { phone, load, round: () => phone.share({ post, load }) };
}

test("what is much for a slow uplink gets through in parts, and no round begins at the largest again", async () => {
  const { phone, round } = await phoneOn(8_000);
  const card = newId();
  const written = await phone.write(card, 400, { body: { says: SAYS } });
  assert.equal((await round()).why, "server");
  assert.equal((await round()).why, null);
  assert.deepEqual(phone.server.ids(card), written.map(({ id }) => id));
  assert.deepEqual(phone.calls.map(({ many, in_time }) => [many, in_time]), [[400, false], [200, true], [200, true]]);
});

test("after a restore a whole card goes back over a slow uplink", async () => {
  const { phone, round } = await phoneOn(30_000);
  const card = newId();
  const written = await phone.write(card, 3_000, { body: { says: SAYS } });
  await phone.share();
  phone.server.epoch = "restored";
  phone.server.log.clear();
  phone.uplink = 8_000;
  const whys = [];
  for (let rounds = 0; rounds < 4; rounds += 1) whys.push((await round()).why);
  assert.equal(whys.at(-1), null);
  assert.deepEqual(phone.server.ids(card).sort(), written.map(({ id }) => id).sort());
});

test("it grows again when calls are answered well within the time", async () => {
  const { phone, load, round } = await phoneOn(8_000);
  await phone.write(newId(), 400, { body: { says: SAYS } });
  await round();
  assert.deepEqual([load.most, load.bytes < BYTES / 4], [200, true]);
  await round();
  assert.equal(load.most, 200, "what took most of the patience is not doubled");
  phone.uplink = 10_000_000;
  await round();
  assert.equal(load.most, 200, "a call that brought nothing says nothing");
  await phone.write(newId(), 2_000, { body: { says: SAYS } });
  assert.equal((await round()).why, null);
  assert.deepEqual([load.most, load.bytes], [MOST, BYTES]);
});

test("an alarm goes before all that waits, by itself with the opening of its card", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const [card, other] = [newId(), newId()];
  await phone.write(other, 1, { kind: "card.opened" });
  await phone.write(other, 40);
  const [opened] = await phone.write(card, 1, { kind: "card.opened" });
  await phone.write(card, 40);
  const [raised] = await phone.write(card, 1, { kind: "alarm.raised", body: {} });
  const calls = [];
  const post = (body) => {
    calls.push(body.entries.map(({ id }) => id));
    return phone.server.post(body);
  };
  assert.equal((await phone.share({ post })).why, null);
  assert.deepEqual(calls[0], [opened.id, raised.id]);
  assert.deepEqual(calls.map(({ length }) => length), [2, 81]);
});

test("an alarm that the server does not take yet keeps nothing else back", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 3);
  const [raised] = await phone.write(card, 1, { kind: "alarm.raised", body: {} });
  phone.server.refuse.set(raised.id, { code: "forbidden", message: "not on it", field: "card" });
  await phone.share();
  assert.equal(phone.server.ids(card).length, 3);
});

test("one entry at a time goes over a wire that carries no more", async () => {
  const { phone, load, round } = await phoneOn(60);
  const card = newId();
  await phone.write(card, 3, { body: { says: "x".repeat(600) } });
  for (let rounds = 0; rounds < 4; rounds += 1) await round();
  assert.equal(load.most, 1);
  assert.equal(phone.server.ids(card).length, 3);
});

test("a call that was broken off for want of an answer is half as large the next time, also in the worker itself", async (t) => {
  await signedIn();
  const card = await openCard();
  network.answer = null;
  for (const problem of ["ruzie", "vergissing", "dwaalt"]) await ask("POST", `/cards/${card}/entries`, { kind: "picture.set", problem });
  const asked = [];
  let heard;
  const silent = new Promise((resolve) => (heard = resolve));
  network.answer = async (request, path) => {
    if (path !== "/sync") return null;
    const { entries } = await request.json();
    asked.push(entries.length);
    if (asked.length > 1) return new Response("", { status: 503 });
    heard();
    return new Promise((_resolve, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
  };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const first = shareSoon(null, "asked");
  await silent;
  t.mock.timers.tick(PATIENCE);
  assert.equal((await first).why, "server");
  await shareSoon(null, "asked");
  assert.deepEqual(asked, [asked[0], Math.floor(asked[0] / 2)]);
  assert.ok(asked[0] > 3);
});
