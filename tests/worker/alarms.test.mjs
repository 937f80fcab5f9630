/** The alarm of a phone that is locked: it leaves without the key, and the screen says how it stands. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { newId } from "./fakes.mjs";
import { network, openCard, signedIn } from "./desk.mjs";
import { raisedBy } from "../../static/worker/alarms.js";
import { fromLock } from "../../static/worker/answer.js";
import { change, remember } from "../../static/worker/device.js";
import * as lock from "../../static/worker/lock.js";
import { match } from "../../static/worker/router.js";
import { lockNow, session, standing } from "../../static/worker/session.js";
import { barred } from "../../static/worker/unlock.js";
import { spent } from "../../static/worker/vault.js";

self.clients = { matchAll: async () => [] };
console.warn = () => {};

const ME = { person: "jan", name: "Jan", org: "noord", domain: "police", role: "member", device: "aaaaaaaa", epoch: "first", locked_alarm: true, pin_idle_min: 5 };
const PIN = "837261";
const AHEAD = 20 * 60_000;

let people = 0;

/** A card on a phone of somebody new that is locked now, and how to reach both. */
async function locked() {
  people += 1;
  const me = { ...ME, person: `jan-${people}` };
  await signedIn(me);
  const card = await openCard();
  await remember("card", card);
  network.answer = (_request, path) => (path.startsWith("/vault") ? Response.json({}) : null);
  await lock.choosePin(me, PIN);
  await lockNow();
  network.answer = null;
  return { me, card };
}

/** A server on which this is what `POST /sync` answers; what it was asked each time. */
function serves(me, sync) {
  const asked = [];
  network.answer = async (request, path) => {
    if (path === "/me.json") return Response.json(me);
    if (path !== "/sync") return null;
    const body = await request.json();
    asked.push(...body.entries);
    return sync(body);
  };
  return asked;
}

const serverNow = Date.now;
const about = (entries, told) => Object.fromEntries(entries.map((entry) => [entry.id, told(entry)]));

/** A server that refuses for `code` what `refused` picks, and takes the rest. */
const judges = (refused, code) => ({ entries }) => {
  const out = entries.filter(refused);
  const taken = entries.filter((entry) => !refused(entry));
  const clock = `${serverNow()}-0000-00000000`;
  return Response.json({ accepted: about(taken, () => 1), rejected: about(out, () => ({ code, message: "no" })), clock });
};
const takes = judges(() => false);
const stampOf = ({ at }) => Number(at.slice(0, 13));

/** Press and hold on the locked phone: the address that it leads to. */
async function hold(card) {
  const url = new URL(`/cards/${card}/alarm`, self.location.origin);
  const request = new Request(url, { method: "POST", body: new URLSearchParams({ id: newId(), next: `/cards/${card}` }) });
  const answer = await fromLock({ request, waitUntil: () => {} }, match("POST", url.pathname), url);
  return answer.headers.get("location");
}

async function screenOf(card) {
  const url = new URL(`/cards/${card}`, self.location.origin);
  return (await barred({ request: new Request(url) }, url)).text();
}

test("a phone of which the PIN is spent offers an alarm, keeps it, says how it stands, and hands it in", async () => {
  const { me, card } = await locked();
  await change(`vault ${me.person}`, spent);
  assert.equal((await standing()).state, "sealed");
  assert.match(await screenOf(card), /data-hold/);
  await hold(card);
  assert.equal((await raisedBy(me)).waiting, 1);
  assert.match(await screenOf(card), /nog niet verstuurd: er is geen internet/);
  const asked = serves(me, takes);
  await hold(card);
  assert.equal(asked.length, 2);
  assert.equal((await raisedBy(me)).waiting, 0);
  assert.match(await screenOf(card), /Het alarm is verstuurd/);
});

test("an alarm that is refused because this phone's clock runs ahead is stamped by the server's clock and goes at once", async () => {
  const { me, card } = await locked();
  const asked = serves(me, judges((entry) => stampOf(entry) > serverNow() + 10 * 60_000, "clock"));
  Date.now = () => serverNow() + AHEAD;
  try {
    await hold(card);
    assert.equal((await raisedBy(me)).waiting, 0);
    assert.match(await screenOf(card), /Het alarm is verstuurd/);
  } finally {
    Date.now = serverNow;
  }
  assert.deepEqual([asked.length, asked[0].id], [2, asked[1].id]);
  assert.ok(Math.abs(stampOf(asked[1]) - serverNow()) < 60_000, asked[1].at);
});

test("an alarm goes also while the server does not say who is signed in", async () => {
  const { me, card } = await locked();
  const asked = serves(me, takes);
  const answers = network.answer;
  network.answer = (request, path) => (path === "/me.json" ? new Response("", { status: 503 }) : answers(request, path));
  await hold(card);
  assert.equal(asked.length, 1);
  assert.equal((await raisedBy(me)).waiting, 0);
});

test("an alarm that the server refuses does not blame the internet, and is not kept silent", async () => {
  const { me, card } = await locked();
  const asked = serves(me, judges(() => true, "forbidden"));
  await hold(card);
  assert.equal((await raisedBy(me)).why, "refused");
  const told = /role="alert" data-alarm-waits[^>]*>([^<]*)</.exec(await screenOf(card))[1];
  assert.match(told, /niemand heeft het gekregen. Gebruik nu uw portofoon of bel 112/);
  assert.doesNotMatch(told, /internet/);
  await hold(card);
  assert.ok(asked.length > 1, "it is tried again");
});

test("of an alarm that cannot be handed in the screen says why: no session, no answer, no network", async () => {
  const { me, card } = await locked();
  await hold(card);
  assert.equal((await raisedBy(me)).why, "offline");
  serves(me, () => Response.json({ error: "busy" }, { status: 503 }));
  await hold(card);
  assert.equal((await raisedBy(me)).why, "server");
  assert.match(await screenOf(card), /data-alarm-waits[^>]*>[^<]*de server antwoordt niet/);
  serves(me, () => Response.json({ error: "signin" }, { status: 401 }));
  await hold(card);
  assert.equal((await raisedBy(me)).why, "signin");
  assert.match(await screenOf(card), /data-alarm-waits[^>]*>[^<]*niet meer ingelogd/);
});
