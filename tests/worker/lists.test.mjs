/** The lists of cards on a phone: what stands first. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, openCard, signedIn } from "./desk.mjs";
import { newId } from "./fakes.mjs";

const REPORT = { about: "Mevrouw met rode jas", last_seen: "Parklaan", since: "18:00", risks: "vulnerable", unknown: "rest", organisation: "crisisdienst" };

const placesIn = (html) => [...html.matchAll(/href="\/cards\/([0-9a-f-]{36})"/g)].map(([, card]) => card);
const rings = (card) => ask("POST", `/cards/${card}/entries`, { kind: "alarm.raised" });
const page = async (path) => (await ask("GET", path, null, { fragment: false })).text;

test("the card on which an alarm rings stands first in the list of cards, however old it is", async () => {
  await signedIn();
  const cards = [await openCard(), await openCard(), await openCard()];
  assert.deepEqual(placesIn(await page("/")), [...cards].reverse());
  await rings(cards[1]);
  const home = await page("/");
  assert.deepEqual(placesIn(home), [cards[1], cards[2], cards[0]]);
  assert.deepEqual([...home.matchAll(/data-rings="([^"]+)"/g)].map(([, card]) => card), [cards[1]]);
});

test("of the missing persons the one with an alarm stands first, and the list says so", async () => {
  const held = await signedIn({ person: "kim", name: "Kim", org: "noord", domain: "police", role: "member", device: "bbbbbbbb", epoch: "first" });
  await held.log.setMeta("organisations", [{ id: "noord", name: "Noord", domain: "police" }, { id: "crisisdienst", name: "Crisisdienst", domain: "care" }]);
  const cards = [newId(), newId()].sort();
  for (const card of cards) assert.equal((await ask("POST", "/missing", { ...REPORT, card })).headers.get("HX-Redirect"), `/cards/${card}`);
  assert.equal((await ask("POST", `/cards/${cards[1]}/entries`, { kind: "urgency.judged", urgency: "urgent" })).status, 200);
  assert.deepEqual(placesIn(await page("/missing")), [cards[1], cards[0]]);
  await rings(cards[0]);
  const list = await page("/missing");
  assert.deepEqual(placesIn(list), cards);
  assert.match(list, new RegExp(`data-rings="${cards[0]}">Alarm<`));
});
