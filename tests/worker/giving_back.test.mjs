import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, signedIn } from "./desk.mjs";
import { openLog } from "../../static/worker/log.js";
import { part } from "../../static/worker/parting.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

console.warn = console.error = () => {};
globalThis.caches = { keys: async () => [] };

/** The server comes back from a backup in which nothing is, and the network fails before this phone has given back what it holds. */
async function restoredHalfway(phone) {
  phone.server.epoch = "restored";
  phone.server.log.clear();
  phone.server.fail = [undefined, "offline"];
  assert.equal((await phone.share()).why, "offline");
}

/** What signing out and in again does to a log. */
async function signOutAndIn(phone) {
  phone.log.close();
  const locked = await openLog(phone.me.person, null);
  const left = await locked.forgetShared();
  locked.close();
  phone.log = await openLog(phone.me.person, phone.sealer);
  await phone.log.setMeta("epoch", phone.server.epoch);
  return left;
}

test("who signs out before a restored server has everything back gives it back after signing in again", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const other = await FakePhone.of(phone.server, { device: "0000000b" });
  const card = newId();
  const written = [...(await phone.write(card, 3)), ...(await other.write(card, 2))].map(({ id }) => id).sort();
  for (const one of [phone, other, phone]) await one.share();
  await restoredHalfway(phone);
  const { unsent, giving } = await phone.log.counts();
  assert.deepEqual([unsent, giving], [0, 5]);
  assert.equal(await signOutAndIn(phone), 5);
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(card).sort(), written);
  assert.equal((await phone.log.counts()).giving, 0);
});

test("so it is with a long card, which lies on the disk in blocks", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const other = await FakePhone.of(phone.server, { device: "0000000b" });
  const [long, short] = [newId(), newId()];
  const written = (await other.write(long, 700)).map(({ id }) => id).sort();
  await other.write(short);
  await other.share();
  await phone.share();
  await restoredHalfway(phone);
  phone.server.fail = [undefined, "offline"];
  await phone.share();
  assert.equal((await phone.log.counts()).giving, 201);
  assert.equal(await signOutAndIn(phone), 201);
  assert.equal((await phone.share()).why, null);
  assert.deepEqual(phone.server.ids(long).sort(), written);
  assert.deepEqual(await phone.ids(long), written);
  assert.equal(phone.server.ids(short).length, 1);
});

test("what others on this phone still have to give back is not erased with a device that was revoked", async () => {
  const phone = await FakePhone.of(new FakeServer());
  const card = newId();
  await phone.write(card, 2);
  await phone.share();
  await restoredHalfway(phone);
  phone.log.close();
  await signedIn();
  const asked = [];
  network.answer = (_request, path) => void asked.push(path);
  await part();
  assert.deepEqual(asked, []);
  const kept = await openLog(phone.me.person, phone.sealer);
  assert.deepEqual([(await kept.counts()).giving, (await kept.entriesOf(card)).length], [2, 2]);
  kept.close();
});

test("the screens say what goes back to the server, and that nothing is asked of anybody", async () => {
  const held = await signedIn();
  const card = newId();
  const make = (stamp) => [{ id: newId(), card, kind: "observation.noted", at: stamp(), by: "jan", org: "noord", device: "aaaaaaaa", audience: "all", supersedes: [], body: { says: "x" } }];
  const [entry] = await held.log.write("aaaaaaaa", Date.now(), make);
  await held.log.take({ epoch: "first", accepted: { [entry.id]: 1 } }, held.me, Date.now());
  await held.log.take({ epoch: "restored" }, held.me, Date.now());
  const line = (await ask("GET", "/status")).text;
  assert.match(line, /Nog 1 terug te geven aan de server, bewaard op dit toestel/);
  assert.doesNotMatch(line, /sync-waiting|Alles gedeeld|nog te delen/);
  const page = (await ask("GET", "/unsent", null, { fragment: false })).text;
  assert.match(page, /De server is teruggezet naar een eerder moment\./);
  assert.doesNotMatch(page, /Alles is gedeeld/);
  assert.match((await ask("GET", "/settings", null, { fragment: false })).text, /geeft nog 1 terug/);
});
