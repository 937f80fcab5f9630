import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, openCard } from "./desk.mjs";
import { recall } from "../../static/worker/device.js";
import { doubt, learn, session } from "../../static/worker/session.js";
import { shareSoon } from "../../static/worker/sharing.js";
import { signingIn } from "../../static/worker/sign.js";
import { forgotten } from "../../static/worker/unlock.js";

console.warn = console.error = () => {};

const person = (name, device) => ({ person: name, name, org: "noord", domain: "police", role: "member", device, epoch: "first" });
const [ANNA, BERT] = [person("anna", "aaaaaaaa"), person("bert", "bbbbbbbb")];
const whose = async () => (await session())?.me.person ?? null;

/** The server as these tests want it: who has the session, and whether anything answers. */
const server = { has: null, answers: true };
const answer = async (_request, path) => {
  if (!server.answers) return null;
  if (path === "/me.json") return server.has ? Response.json(server.has) : new Response("", { status: 401 });
  return path === "/login" ? new Response("") : null;
};

async function annaIsIn() {
  Object.assign(server, { has: ANNA, answers: true });
  network.answer = answer;
  await learn();
  assert.equal(await whose(), "anna");
}

/** POST /login as the worker sees it: the promise of what the browser gets. */
function signIn(request = new Request("http://localhost/login", { method: "POST" })) {
  let given;
  signingIn({ request, respondWith: (promise) => (given = promise) });
  return given;
}

/** The pause in which a silent server is not asked again. */
function later(t) {
  const begun = Date.now();
  t.mock.method(Date, "now", () => begun + 5_000);
}

test("another signs in and the network drops: nobody's cards are shown, nothing is written, until the server says whose phone it is", async (t) => {
  await annaIsIn();
  const { log } = await session();
  await log.setMeta("upto", {});
  const card = await openCard();
  server.has = BERT;
  await signIn();
  server.answers = false;
  for (const _ of [1, 2]) assert.equal(await whose(), null);
  const page = await ask("GET", "/settings", null, { fragment: false });
  assert.equal(page.status, 503);
  assert.doesNotMatch(page.text, /anna/);
  assert.match(page.text, /Van wie het nu is, weet Motorkap pas met internet\./);
  assert.doesNotMatch(page.text, /kaarten werken/);
  assert.equal((await ask("POST", `/cards/${card}/entries`, { kind: "picture.set", problem: "ruzie" })).status, 503);
  assert.equal((await log.entriesOf(card)).some(({ kind }) => kind === "picture.set"), false);
  assert.equal((await shareSoon(null, "asked")).why, "offline", "it is tried again");
  server.answers = true;
  later(t);
  assert.equal(await whose(), "bert");
});

test("the doubt is on the disk before the browser hears that somebody signed in", async () => {
  await annaIsIn();
  await signIn();
  assert.equal(await recall("doubt"), true);
  await learn();
  assert.equal(await recall("doubt"), false);
});

test("a worker that only just began works on without a network for whom the phone did", async () => {
  await annaIsIn();
  await doubt({ begun: true });
  server.answers = false;
  assert.equal(await whose(), "anna");
  assert.equal(await recall("doubt"), false);
});

test("what was asked before somebody signed in says nothing about them", async () => {
  await annaIsIn();
  let reply;
  const slow = new Promise((resolve) => (reply = resolve));
  network.answer = async (request, path) => (path === "/me.json" ? slow : answer(request, path));
  const older = learn();
  server.has = BERT;
  network.answer = answer;
  await signIn();
  reply(Response.json(ANNA));
  assert.equal(await older, "unknown");
  assert.equal(await whose(), "bert");
});

test("who could not reach the server to sign in took nothing away from who works here", async () => {
  await annaIsIn();
  server.answers = false;
  await assert.rejects(signIn());
  assert.equal(await whose(), "anna");
  const page = await (await signIn({ mode: "navigate", url: "http://localhost/login", headers: new Headers() })).text();
  assert.match(page, /Uw kaarten werken wel gewoon door\./);
});

test("a doubt from before stays when signing in did not reach the server", async (t) => {
  await annaIsIn();
  await signIn();
  server.answers = false;
  await assert.rejects(signIn());
  assert.equal(await whose(), null);
  server.answers = true;
  later(t);
  assert.equal(await whose(), "anna");
});

test("who forgot the PIN loses nothing when the server did not let go of the session", async () => {
  await annaIsIn();
  const { log } = await session();
  await log.setMeta("upto", {});
  await openCard();
  const waits = (await log.counts()).unsent;
  const answers = { 503: "De server kon u niet afmelden", none: "alleen met internet" };
  for (const [status, said] of Object.entries(answers)) {
    network.answer = async (_request, path) => (path === "/logout" && status !== "none" ? new Response("", { status: Number(status) }) : null);
    const refused = await forgotten({ request: new Request("http://localhost/forgotten", { method: "POST", body: new URLSearchParams({ next: "/" }) }) });
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), new RegExp(said));
    assert.equal((await recall("me")).person, "anna");
    assert.equal((await log.counts()).unsent, waits);
  }
});
