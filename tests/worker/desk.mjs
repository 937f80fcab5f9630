/** The worker as a server that can be asked things in Node: its own router and answers, a network that a test sets, a disk that a test fills. */
import "fake-indexeddb/auto";
import "./scope.mjs";

import { fromNetwork, fromPhone } from "../../static/worker/answer.js";
import { match } from "../../static/worker/router.js";
import { learn, session } from "../../static/worker/session.js";

/** What the network does with a request; a test sets it. Throwing is "no network". */
export const network = { answer: null };
globalThis.fetch = async (request, options) => {
  const asked = request instanceof Request ? request : new Request(new URL(request, self.location.origin), options);
  const answer = network.answer && (await network.answer(asked, new URL(asked.url).pathname));
  if (!answer) throw new TypeError("Failed to fetch");
  return answer;
};

const JAN = { person: "jan", name: "Jan", org: "noord", domain: "police", role: "member", device: "aaaaaaaa", epoch: "first" };

/** Somebody who signed in here before, with a first round behind them; after it there is no network. */
export async function signedIn(me = JAN) {
  network.answer = () => Response.json(me);
  await learn();
  network.answer = null;
  const held = await session();
  await held.log.setMeta("upto", {});
  return held;
}

export async function ask(method, path, fields = null, { fragment = true } = {}) {
  const url = new URL(path, self.location.origin);
  const route = match(method, url.pathname);
  const body = fields && new URLSearchParams(fields);
  const event = { request: new Request(url, { method, body, headers: fragment ? { "HX-Request": "true" } : {} }), waitUntil: (done) => done.catch?.(() => {}) };
  const answer = await (route.strategy === "local" ? fromPhone : fromNetwork)(event, route, url);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** A card on this phone: its id. */
export async function openCard() {
  const answer = await ask("POST", "/cards", { context: "police_asks", situation: "crisis_assessment", place: "Kruispunt" });
  return answer.headers.get("HX-Redirect").split("/").pop();
}

/** While `work` runs the disk takes nothing more. */
export async function withFullDisk(work) {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    if (mode === "readwrite" && [stores].flat().includes("outbox")) throw new DOMException("no room", "QuotaExceededError");
    return transaction.call(this, stores, mode, options);
  };
  try {
    return await work();
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
}

/** While `work` runs this browser refuses to open a database. */
export async function withoutDatabase(work) {
  const { open } = indexedDB;
  indexedDB.open = () => {
    throw new DOMException("not here", "InvalidStateError");
  };
  try {
    return await work();
  } finally {
    indexedDB.open = open;
  }
}
