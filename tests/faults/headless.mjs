/**
 * A phone without a browser: the worker as it was built (`worker.js`, of this version or of an older one), in Node, with a disk in memory, a cookie jar
 * and a network that can be cut. It is told what to do by lines of JSON, and answers with lines of JSON (headless.py).
 *
 *   begin   evaluate this script as the worker: the first one, or one that takes over what an older version left on the disk
 *   ask     a form or a page, as a browser asks its worker
 *   share   what a page asks when somebody opens it
 *   wire    "whole", "cut", or "deaf": what is asked arrives, and the answer never comes
 *   seen    all that went over /sync since the start
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import "fake-indexeddb/auto";

const [base] = process.argv.slice(2);
const cookies = new Map();
const seen = { written: {}, accepted: {}, rejected: {}, entries: {}, epochs: [], statuses: {} };
let wire = "whole";
let worker = null;

const broken = () => new TypeError("Failed to fetch");

/** The network of one worker. One that was ended asks nothing any more. */
const networkOf = (life) => async (asked, options) => {
  if (life.over || wire === "cut") throw broken();
  const request = asked instanceof Request ? asked : new Request(new URL(asked, base), options);
  const path = new URL(request.url).pathname;
  const body = request.method === "POST" ? await request.clone().text() : null;
  const headers = { Cookie: [...cookies].map((one) => one.join("=")).join("; ") };
  for (const name of ["content-type", "accept", "hx-request"]) if (request.headers.has(name)) headers[name] = request.headers.get(name);
  const answer = await fetch(new URL(path + new URL(request.url).search, base), { method: request.method, headers, body, redirect: "manual" });
  for (const one of answer.headers.getSetCookie()) {
    const [name, ...value] = one.split(";")[0].split("=");
    cookies.set(name, value.join("="));
  }
  if (path === "/sync") await note(JSON.parse(body), answer.clone());
  if (wire === "deaf") throw broken();
  return answer;
};

/** What was handed in counts as written; what became of it, only when the phone hears it. */
async function note({ entries }, answer) {
  seen.statuses[answer.status] = (seen.statuses[answer.status] ?? 0) + 1;
  for (const entry of entries) if (entry.seq === undefined) seen.written[entry.id] = entry;
  if (answer.status !== 200 || wire === "deaf") return;
  const told = await answer.json();
  Object.assign(seen.accepted, told.accepted);
  Object.assign(seen.rejected, told.rejected);
  for (const entry of told.entries) seen.entries[entry.id] = entry;
  if (seen.epochs.at(-1) !== told.epoch) seen.epochs.push(told.epoch);
}

function begin({ script }) {
  if (worker) worker.over = true;
  const life = { over: false, listeners: {}, timers: new Set() };
  const none = { put() {}, addAll: async () => {}, match: async () => undefined, keys: async () => [], delete: async () => true };
  const self = {
    location: new URL("/worker.js", base),
    registration: { active: null, showNotification: async () => {}, getNotifications: async () => [] },
    clients: { matchAll: async () => [], claim: async () => {} },
    skipWaiting: async () => {},
    addEventListener: (type, heard) => (life.listeners[type] = heard),
  };
  const around = {
    self,
    fetch: networkOf(life),
    caches: { open: async () => none, keys: async () => [], match: async () => undefined, delete: async () => true },
    navigator: { locks: { request: (_name, work) => work() } },
    BroadcastChannel: class {
      postMessage() {}
      addEventListener() {}
    },
    setTimeout: (work, ms) => setTimeout(() => life.over || work(), ms),
  };
  new Function(...Object.keys(around), readFileSync(script, "utf8"))(...Object.values(around));
  worker = life;
  return event("install", {});
}

/** An event and all that its worker still does for it. */
async function event(type, facts) {
  const waits = [];
  let answer;
  worker.listeners[type]({ waitUntil: (done) => waits.push(done), respondWith: (given) => (answer = given), ...facts });
  const answered = await answer;
  await Promise.allSettled(waits);
  return answered;
}

async function ask({ method, path, fields }) {
  const url = new URL(path, base);
  const body = fields ? new URLSearchParams(fields) : null;
  const request = new Request(url, { method, body, headers: { "HX-Request": "true" } });
  const answer = await event("fetch", { request });
  return answer ? { status: answer.status, to: answer.headers.get("HX-Redirect"), text: await answer.text() } : { status: 0, to: null, text: "" };
}

function told(data) {
  return new Promise((resolve) => event("message", { data, ports: [{ postMessage: resolve }], source: null }));
}

/** Signing in is between the page and the server; the worker only passes it on, and asks afterwards who came. */
async function signIn({ email, password }) {
  const reach = networkOf({ over: false });
  const form = await (await reach("/login")).text();
  const token = /name="csrf_token"[^>]*value="([^"]+)"/.exec(form)[1];
  const answer = await reach("/login", { method: "POST", body: new URLSearchParams({ email, password, csrf_token: token }) });
  const me = await (await reach("/me.json")).json();
  return { status: answer.status, me };
}

const DO = {
  begin,
  ask,
  signIn,
  share: () => told({ type: "share", reason: "asked" }),
  counts: () => told({ type: "counts" }),
  version: () => told({ type: "version" }),
  wire: ({ state }) => void (wire = state),
  seen: () => seen,
};

process.on("unhandledRejection", (problem) => console.error(problem));
console.warn = console.log = console.error;
for await (const line of createInterface({ input: process.stdin })) {
  const { does, ...facts } = JSON.parse(line);
  let said;
  try {
    said = { said: (await DO[does](facts)) ?? null };
  } catch (problem) {
    said = { problem: String(problem?.stack ?? problem) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
process.exit(0);
