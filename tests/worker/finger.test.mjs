import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { untilLifted, watchFinger } from "../../static/page/finger.js";

globalThis.document = new EventTarget();
watchFinger();

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));

afterEach(() => {
  mock.timers.tick(3_000);
  mock.timers.reset();
});

const finger = (name) => document.dispatchEvent(new Event(name));
const isUp = () => Promise.race([untilLifted().then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

test("without a finger on the screen nothing waits", async () => {
  assert.equal(await isUp(), true);
});

test("what comes in under a finger waits until its tap has reached the page", async () => {
  finger("pointerdown");
  mock.timers.tick(400);
  assert.equal(await isUp(), false);
  finger("pointerup");
  mock.timers.tick(49);
  assert.equal(await isUp(), false);
  mock.timers.tick(1);
  assert.equal(await isUp(), true);
});

test("a second finger before that counts too", async () => {
  finger("pointerdown");
  finger("pointerup");
  finger("pointerdown");
  mock.timers.tick(60);
  assert.equal(await isUp(), false);
  finger("pointercancel");
  mock.timers.tick(50);
  assert.equal(await isUp(), true);
});

test("a finger of which nobody says that it went holds nothing up for longer than three seconds", async () => {
  finger("pointerdown");
  mock.timers.tick(2_999);
  assert.equal(await isUp(), false);
  mock.timers.tick(1);
  assert.equal(await isUp(), true);
});
