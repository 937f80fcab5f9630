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

const clock = () => `${Date.now()}-0000-00000000`;
const about = (entries, told) => Object.fromEntries(entries.map((entry) => [entry.id, told(entry)]));
const takes = ({ entries }) => Response.json({ accepted: about(entries, () => 1), rejected: {}, clock: clock() });
const refuses = (code) => ({ entries }) => Response.json({ accepted: {}, rejected: about(entries, () => ({ code, message: "no" })), clock: clock() });
const isEarly = ({ at }) => Number(at.slice(0, 13)) > Date.now() + 600_000;
const byTheClock = (body) => (body.entries.some(isEarly) ? refuses("clock")(body) : takes(body));

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
