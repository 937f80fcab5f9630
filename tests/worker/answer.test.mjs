import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, openCard, signedIn, withFullDisk, withoutDatabase } from "./desk.mjs";

console.warn = console.error = () => {};

test("a phone that cannot open its database hands everything to the server, also what was posted", async () => {
  await withoutDatabase(async () => {
    network.answer = async (request, path) => new Response(`server: ${path} ${request.method === "POST" ? await request.text() : ""}`);
    assert.equal((await ask("GET", "/")).text, "server: / ");
    const id = "019a0000-0000-7000-8000-000000000001";
    assert.equal((await ask("POST", `/cards/${id}/entries`, { kind: "picture.set", problem: "ruzie" })).text, `server: /cards/${id}/entries kind=picture.set&problem=ruzie`);
    network.answer = null;
    const without = await ask("GET", "/", null, { fragment: false });
    assert.equal(without.status, 503);
    assert.match(without.text, /Nu geen internet/);
  });
});

test("a database that fails once is opened again", async () => {
  await withoutDatabase(() => ask("GET", "/"));
  await signedIn();
  assert.equal((await ask("GET", "/")).headers.get("X-Motorkap"), "phone");
});

test("a page whose log was closed while it was read is read from the log of now", async () => {
  const held = await signedIn();
  const { counts } = held.log;
  held.log.counts = () => {
    held.log.close();
    return counts();
  };
  const answer = await ask("GET", "/settings");
  assert.deepEqual([answer.status, answer.headers.get("X-Motorkap")], [200, "phone"]);
});

test("on a full disk the form comes back with what was typed and the reason", async () => {
  await signedIn();
  const card = await openCard();
  const typed = { kind: "observation.noted", says: "Ik ga niet mee", audience: "police" };
  const answer = await withFullDisk(() => ask("POST", `/cards/${card}/entries`, typed));
  assert.equal(answer.status, 507);
  assert.match(answer.text, /data-form="observation.noted"/);
  assert.match(answer.text, /Ik ga niet mee/);
  assert.match(answer.text, /value="police" checked/);
  assert.match(answer.text, /Dit toestel is vol/);
  assert.match(answer.text, /data-close/);
});

test("on a full disk with a network the server gets what was written, an alarm too", async () => {
  await signedIn();
  const card = await openCard();
  network.answer = async (request, path) => (path.endsWith("/entries") ? new Response(`server: ${await request.text()}`) : null);
  const answer = await withFullDisk(() => ask("POST", `/cards/${card}/entries`, { kind: "alarm.raised" }));
  assert.deepEqual([answer.status, answer.text], [200, "server: kind=alarm.raised"]);
  network.answer = null;
  const alone = await withFullDisk(() => ask("POST", `/cards/${card}/entries`, { kind: "alarm.raised" }));
  assert.match(alone.text, /Gebruik portofoon of bel 112/);
});

test("a card that cannot be kept is asked for again with what was typed", async () => {
  await signedIn();
  const typed = { context: "police_asks", situation: "crisis_assessment", place: "Kruispunt", about: "Man met tas" };
  const answer = await withFullDisk(() => ask("POST", "/cards", typed));
  assert.equal(answer.status, 507);
  assert.match(answer.text, /value="Man met tas"/);
  assert.match(answer.text, /Dit toestel is vol/);
});

test("joining without a network keeps the code and says at the field what it needs", async () => {
  await signedIn();
  for (const [method, fields] of [["POST", { code: "AB12CD" }], ["GET", null]]) {
    const answer = await ask(method, "/join?code=AB12CD", fields, { fragment: false });
    assert.equal(answer.status, 503);
    assert.match(answer.text, /name="code" value="AB12CD"/);
    assert.match(answer.text, /id="error-code"[^>]*>Dit kan alleen met internet/);
  }
});

test("a code that cannot be made without a network is said where it would stand", async () => {
  await signedIn();
  const card = await openCard();
  const answer = await ask("POST", `/cards/${card}/code`, {});
  assert.match(answer.text, /^<div class="problems" role="alert"/);
  assert.match(answer.text, /Een code maken kan alleen met internet/);
});

test("signing out without a network erases nothing and says so", async () => {
  const held = await signedIn();
  const card = await openCard();
  const answer = await ask("POST", "/logout", {}, { fragment: false });
  assert.match(answer.text, /U bent nog aangemeld en er is niets gewist/);
  assert.doesNotMatch(answer.text, /data-signed-out/);
  assert.equal((await held.log.entriesOf(card)).length, 2);
});
