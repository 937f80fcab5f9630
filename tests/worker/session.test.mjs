import "fake-indexeddb/auto";
import "./browser.mjs";

import assert from "node:assert/strict";
import { test } from "node:test";

import { render } from "../../static/worker/render.js";
import { status } from "../../static/worker/screen.js";
import { frame, heard, learn, session, shared, trying } from "../../static/worker/session.js";
import { newId } from "./fakes.mjs";

/** The server's session, as GET /me.json tells it; null when nobody is signed in. */
let signedIn = null;
globalThis.fetch = async () => (signedIn ? Response.json(signedIn) : new Response("", { status: 401 }));

const person = (name, device) => ({ person: name, name, org: "noord", domain: "police", role: "member", device, epoch: "first" });

async function signIn(name, device) {
  signedIn = person(name, device);
  await learn();
  return session();
}

function statusOf(base) {
  const { template, context } = status({ frame: base, fragment: true });
  return render(template, context);
}

async function write({ me, log }) {
  const [entry] = await log.write(me.device, Date.now(), (stamp) => [
    { id: newId(), card: newId(), kind: "observation.noted", at: stamp(), by: me.person, org: me.org, device: me.device, audience: "all", supersedes: [], body: { says: "x" } },
  ]);
  return entry;
}

test("what is written is on the line at once, also while the last round went well", async () => {
  const held = await signIn("line", "aaaaaaaa");
  await shared(null);
  await write(held);
  const { sync } = await frame(held);
  assert.equal(sync.unsent, 1);
  assert.equal(sync.why, "later");
  assert.equal(sync.waiting.length, 1);
});

test("while it tries the line says so, and after five seconds that the server does not answer", async (t) => {
  const held = await signIn("silence", "aaaaaaaa");
  await shared(null);
  await write(held);
  const begun = Date.now();
  trying(begun);
  assert.equal((await frame(held)).sync.why, "trying");
  t.mock.method(Date, "now", () => begun + 5_001);
  assert.equal((await frame(held)).sync.why, "server");
  trying(null);
  await shared("offline");
  assert.equal((await frame(held)).sync.why, "offline");
  assert.equal((await frame(held)).sync.tried, begun + 5_001);
});

test("the line says since when nothing came in and why, also when all is shared", async (t) => {
  const begun = Date.now();
  const at = (ms) => new Date(ms).toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Amsterdam" });
  const line = async (held) => statusOf(await frame(held)).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").trim();
  const held = await signIn("silent", "aaaaaaaa");
  await shared(null);
  assert.equal(await line(held), `Alles gedeeld · ${at(begun)}`);
  t.mock.method(Date, "now", () => begun + 3_600_000);
  const whys = {
    server: "De server antwoordt niet.",
    clock: "De klok van dit toestel klopt niet.",
    pin: "Kies eerst een pincode.",
    other_person: "In deze browser is iemand anders aangemeld.",
    full: "Dit toestel is vol. Maak ruimte.",
  };
  for (const [why, said] of Object.entries(whys)) {
    await shared(why);
    assert.equal(await line(held), `Alles gedeeld · ${at(begun)}. Daarna niets meer binnengekomen. ${said}`);
  }
  await shared("offline");
  assert.equal(await line(held), `Alles gedeeld · ${at(begun)} · geen internet`);
  heard();
  await shared("server");
  assert.match(await line(held), new RegExp(`Alles gedeeld · ${at(begun + 3_600_000)}\\. Daarna`));
  await shared(null);
  assert.equal(await line(held), `Alles gedeeld · ${at(begun + 3_600_000)}`);
});

test("a phone that never got through says why", async () => {
  const held = await signIn("never", "aaaaaaaa");
  await shared("server");
  assert.match(statusOf(await frame(held)), /Nog niet met de server gesproken\. <span class="sync-why">De server antwoordt niet\./);
});

test("what somebody wrote before all cookies were cleared is of the new device, also when somebody else came in between", async () => {
  const entry = await write(await signIn("first", "aaaaaaaa"));
  await signIn("second", "bbbbbbbb");
  const { log } = await signIn("first", "cccccccc");
  const [again] = await log.unsent();
  assert.equal(again.id, entry.id);
  assert.equal(again.device, "cccccccc");
});
