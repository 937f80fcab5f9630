import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { rest } from "../../static/page/rest.js";

beforeEach(() => {
  globalThis.window = new EventTarget();
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => {
  mock.timers.reset();
  delete globalThis.window;
});

/** Whether a pause of a minute has ended once everything that was under way is done. */
async function hasEnded(pause) {
  const worker = new BroadcastChannel("motorkap");
  const heard = new Promise((resolve) => (worker.onmessage = resolve));
  const echo = new BroadcastChannel("motorkap");
  echo.postMessage({ type: "echo" });
  await heard;
  worker.close();
  echo.close();
  return Promise.race([pause.then(() => true), Promise.resolve().then(() => false)]);
}

function said(message) {
  const worker = new BroadcastChannel("motorkap");
  worker.postMessage(message);
  worker.close();
}

test("a pause lasts as long as it should when nothing is heard", async () => {
  const pause = rest(60_000);
  mock.timers.tick(59_999);
  assert.equal(await hasEnded(pause), false);
  mock.timers.tick(1);
  await pause;
});

test("it ends when the browser says that the network is back", async () => {
  const pause = rest(60_000);
  window.dispatchEvent(new Event("online"));
  await pause;
});

test("it ends when sharing works again, of which no browser says anything", async () => {
  const pause = rest(60_000);
  said({ type: "status" });
  assert.equal(await hasEnded(pause), false);
  said({ type: "back" });
  await pause;
});
