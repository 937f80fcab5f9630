import "fake-indexeddb/auto";
import "./browser.mjs";

import assert from "node:assert/strict";
import { test } from "node:test";

import { pushed } from "../../static/worker/push.js";

const shown = [];
self.registration = { showNotification: async (title, more) => void shown.push({ title, body: more.body }) };
self.clients = { matchAll: async () => [] };

const event = (told) => ({ data: { json: () => told }, waitUntil: () => {} });
/** Seconds pass, each once whatever could go on did so. */
async function after(t, seconds) {
  for (let passed = 0; passed < seconds; passed += 1) {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(1_000);
  }
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("an alarm is shown in words that say nothing of a card also where the phone's own database hangs", async (t) => {
  t.mock.method(indexedDB, "open", () => new IDBOpenDBRequest());
  t.mock.timers.enable({ apis: ["setTimeout"] });
  pushed(event({ v: 1, card: "a card", kind: "alarm", entry: "an entry" }));
  await after(t, 12);
  assert.deepEqual(shown, [{ title: "Alarm: iemand heeft hulp nodig", body: "Open Motorkap om te lezen." }]);
});
