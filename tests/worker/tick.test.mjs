/** Minutes that count on, on a page with a line about sharing, a wait and a moment that will pass. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { tick } from "../../static/page/tick.js";

const MINUTE = 60_000;
/** The clock of the phone, and the true one; a test sets how far the first is off. */
let begun = Date.parse("2026-11-24T20:00:00Z");
let server = begun;
let off = 0;
Date.now = () => server + off;

const heard = { due: 0, count: null };
const line = { dataset: {} };
const minutes = { textContent: "" };
let since = [];
let due = [];
globalThis.document = {
  getElementById: (id) => (id === "sync-line" ? line : null),
  querySelectorAll: (what) => (what === "[data-since]" ? since : due),
  addEventListener: (_name, listener) => (heard.count = listener),
  dispatchEvent: ({ type }) => (heard[type] += 1),
};
globalThis.setInterval = () => {};

/** A page as it was drawn just now, `data-due` and all. */
function drawn(moment) {
  line.dataset = { now: String(server) };
  since = [{ dataset: { since: String(begun) }, querySelector: () => minutes }];
  due = [{ dataset: { due: String(moment) }, closest: () => ({ id: "section-waiting" }), removeAttribute: () => {} }];
  heard.count();
}

/** An hour after the last page; `inMinutes`: when somebody will have waited too long. */
function opened(phoneIsOff, inMinutes) {
  begun += 60 * MINUTE;
  [server, off, heard.due] = [begun, phoneIsOff, 0];
  if (!heard.count) tick();
  drawn(begun + inMinutes * MINUTE);
}

test("the minutes count by the clock of who drew the page, and not by that of the phone", () => {
  for (const [phoneIsOff, inMinutes] of [[40 * MINUTE, 31], [-40 * MINUTE, 31]]) {
    opened(phoneIsOff, inMinutes);
    assert.deepEqual([minutes.textContent, heard.due], ["0", 0]);
    server += 12 * MINUTE;
    heard.count();
    assert.equal(minutes.textContent, "12");
  }
});

test("a moment that passes is told once, also when it is drawn again as if it had not", () => {
  opened(0, 10);
  server += 10 * MINUTE;
  for (let times = 0; times < 5; times += 1) drawn(begun + 10 * MINUTE);
  assert.equal(heard.due, 1);
  drawn(begun + 9 * MINUTE);
  assert.equal(heard.due, 2, "another moment");
});

test("a clock that is set right by a line that is drawn again has moments to come that seemed to have passed", () => {
  opened(40 * MINUTE, 20);
  line.dataset = { now: String(Date.now()) };
  heard.count();
  assert.deepEqual([minutes.textContent, heard.due], ["40", 1], "as the phone has it, before it knew");
  drawn(begun + 20 * MINUTE);
  assert.equal(minutes.textContent, "0");
  server += 20 * MINUTE;
  drawn(begun + 20 * MINUTE);
  assert.equal(heard.due, 2);
});
