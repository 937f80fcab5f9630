import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, signedIn } from "./desk.mjs";
import { readForm } from "../../static/card/form.js";
import { drift } from "../../static/worker/drift.js";
import { now } from "../../static/worker/session.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REAL = Date.parse("2026-11-26T14:00:00Z");
const stampOf = ({ at }) => Number(at.slice(0, 13));
const clockOf = (ms) => `${ms}-0000-00000000`;

/** A phone whose own clock is off by so much, and a server whose clock is right; `pass` lets both go on. */
async function phoneOff(by) {
  const server = new FakeServer();
  server.clockMs = REAL;
  const phone = await FakePhone.of(server, { at: () => server.clockMs + phone.by });
  return Object.assign(phone, { by, pass: (ms) => (server.clockMs += ms) });
}

test("a clock that was a day ahead and is then set right is right again", async () => {
  const phone = await phoneOff(DAY);
  const card = newId();
  await phone.write(card);
  assert.equal((await phone.share()).why, null);
  assert.equal(phone.now(), REAL);
  phone.by = 0;
  phone.pass(HOUR);
  await phone.write(card);
  assert.equal((await phone.share()).why, null);
  assert.equal(phone.now(), REAL + HOUR);
  phone.pass(HOUR);
  const [entry] = await phone.write(card);
  assert.equal(stampOf(entry), REAL + 2 * HOUR);
  const [promise] = readForm("service.promised", { request: [newId()], until: ["17:30"] }, phone.now());
  assert.equal(promise.until, "2026-11-26T16:30:00Z");
});

test("a clock that is behind is set right too, and what is written next says when it was", async () => {
  const phone = await phoneOff(-2 * HOUR);
  const card = newId();
  await phone.write(card);
  await phone.share();
  assert.equal(phone.now(), REAL);
  phone.pass(HOUR / 2);
  assert.equal(stampOf((await phone.write(card))[0]), REAL + HOUR / 2);
});

test("a clock that is corrected already is not corrected for what was stamped before that", async () => {
  const phone = await phoneOff(DAY);
  const card = newId();
  await phone.share();
  assert.equal(phone.offset, -DAY);
  const [ahead] = await phone.log.write(phone.me.device, phone.at(), (stamp) => [phone.draft(card, stamp)]);
  assert.equal((await phone.share()).why, null);
  assert.equal(phone.offset, -DAY);
  assert.equal(stampOf(phone.server.log.get(card).find(({ id }) => id === ahead.id)), REAL);
});

test("a minute more or less changes nothing", async () => {
  for (const by of [60_000, -60_000, 0]) {
    const phone = await phoneOff(by);
    await phone.write(newId());
    await phone.share();
    assert.equal(phone.offset, 0);
  }
});

test("nothing is concluded from what a phone that slept meanwhile leaves open", () => {
  const [asked, came] = [REAL, REAL + HOUR];
  for (const server of [REAL, REAL + HOUR / 2, REAL + HOUR]) assert.equal(drift(clockOf(server), asked, came), 0);
  assert.equal(drift(clockOf(REAL + 2 * HOUR), asked, came), HOUR);
  assert.equal(drift(clockOf(REAL - HOUR), asked, came), -HOUR);
  assert.equal(drift(undefined, asked, came), 0);
});

test("the worker goes by the clock that was set, and knows it again after it was ended", async () => {
  const held = await signedIn();
  const behind = Date.now() + DAY;
  network.answer = (_request, path) => path === "/sync" && Response.json({ epoch: "first", accepted: {}, rejected: {}, entries: [], gone: [], more: false, clock: clockOf(behind) });
  await ask("GET", "/unsent?try=1", null, { fragment: false });
  assert.ok(Math.abs(now() - Date.now() - DAY) < 5_000);
  assert.ok(Math.abs((await held.log.meta("offset")) - DAY) < 5_000);
});
