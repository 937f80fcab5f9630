import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, openCard, signedIn, withFullDisk } from "./desk.mjs";

console.warn = console.error = () => {};

/** A server that takes everything but what `refusal` speaks of; `me` is whose session it says this is. */
function serverThat(refusal, me = null) {
  const taken = [];
  network.answer = async (request, path) => {
    if (me && path === "/me.json") return Response.json(me);
    if (path !== "/sync") return null;
    const { entries } = await request.json();
    const [good, bad] = [entries.filter((entry) => !refusal(entry)), entries.filter(refusal)];
    taken.push(...good);
    const accepted = Object.fromEntries(good.map(({ id }, place) => [id, taken.length + place]));
    const rejected = Object.fromEntries(bad.map((entry) => [entry.id, refusal(entry)]));
    return Response.json({ epoch: "first", accepted, rejected, entries: [], gone: [], more: false, clock: `${Date.now()}-0000-00000000` });
  };
  return taken;
}

test("a refused entry says in plain words why, goes again as of now, or is put away", async () => {
  const held = await signedIn();
  const card = await openCard();
  let shut = true;
  const taken = serverThat(({ kind }) => (shut && kind === "picture.set" ? { code: "forbidden", message: "no", field: "card" } : null));
  for (const problem of ["ruzie", "vergissing"]) await ask("POST", `/cards/${card}/entries`, { kind: "picture.set", problem });
  const page = (await ask("GET", "/unsent?try=1", null, { fragment: false })).text;
  const refused = await held.log.rejected();
  assert.equal(refused.length, 2);
  assert.match(page, /U mag dit hier niet opschrijven\. U staat niet \(meer\) op deze kaart\./);
  assert.doesNotMatch(page, /\(card\)/);
  assert.match(page, /value="again">Opnieuw proberen/);

  shut = false;
  const [again, away] = ["ruzie", "vergissing"].map((problem) => refused.find(({ entry }) => entry.body.problem === problem).entry);
  assert.equal((await ask("POST", "/unsent", { id: again.id, what: "again" })).status, 303);
  assert.ok(taken.find(({ id }) => id === again.id).at > again.at);
  assert.equal((await held.log.entriesOf(card)).filter(({ kind }) => kind === "picture.set").length, 1);
  await ask("POST", "/unsent", { id: away.id, what: "away" });
  assert.deepEqual(await held.log.rejected(), []);
  assert.ok(!taken.some(({ id }) => id === away.id));
});

test("what was refused after a change of organisation goes again as of the new one", async () => {
  const held = await signedIn();
  const card = await openCard();
  await ask("POST", `/cards/${card}/entries`, { kind: "picture.set", problem: "ruzie" });
  const { me } = await signedIn({ ...held.me, org: "zuid" });
  const taken = serverThat(({ org }) => (org === "zuid" ? null : { code: "forbidden", message: "not what the session says", field: "org" }), me);
  await ask("GET", "/unsent?try=1", null, { fragment: false });
  const { entry } = (await held.log.rejected()).find((one) => one.entry.kind === "picture.set");
  assert.equal(entry.org, "noord");
  await ask("POST", "/unsent", { id: entry.id, what: "again" });
  assert.deepEqual(taken.map(({ id, org }) => [id, org]), [[entry.id, "zuid"]]);
});

test("trying without a network says when it was tried and why it did not work", async () => {
  await signedIn();
  const card = await openCard();
  network.answer = null;
  await ask("POST", `/cards/${card}/entries`, { kind: "picture.set", problem: "ruzie" });
  const { text } = await ask("GET", "/unsent?try=1", null, { fragment: false });
  assert.match(text, /Geprobeerd om \d\d:\d\d\. <strong>Geen internet\.<\/strong>/);
});

test("what a full disk does not take in is said where it is tried", async () => {
  await signedIn();
  const card = await openCard();
  serverThat(() => null);
  const { text } = await withFullDisk(() => ask("GET", "/unsent?try=1", null, { fragment: false }));
  assert.match(text, /Geprobeerd om \d\d:\d\d\. <strong>Dit toestel is vol\. Maak ruimte\.<\/strong>/);
});
