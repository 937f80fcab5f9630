import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, network, signedIn } from "./desk.mjs";
import { folded } from "../../static/worker/folded.js";
import { newId } from "./fakes.mjs";

console.warn = console.error = () => {};

// The worker of these tests goes by the clock of the machine.
const YESTERDAY = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);

/** After so many writes the worker is ended: nothing more reaches the disk. */
function endedAfter(log, many) {
  const { write } = log;
  let done = 0;
  log.write = (...given) => {
    done += 1;
    if (done > many) throw new DOMException("ended", "InvalidStateError");
    return write(...given);
  };
  return () => (log.write = write);
}

test("a visit and the day on the contact are on the phone together, also when the worker is ended and the form is sent again", async () => {
  const held = await signedIn();
  network.answer = null;
  const [contact, visit] = [newId(), newId()];
  await ask("POST", "/visits/contact", { card: contact, place: "Bakkerij De Korf", rhythm: "monthly" }, { fragment: false });
  assert.ok((await folded(held.log, contact)).contact, "the contact is kept");
  const mend = endedAfter(held.log, 1);
  const send = () => ask("POST", "/visits", { card: visit, place: "Bakkerij De Korf", on: YESTERDAY, topics: "coffee" }, { fragment: false });
  await send();
  mend();
  await send();
  assert.equal((await folded(held.log, visit)).visit.logged.length, 1);
  assert.equal((await folded(held.log, contact)).contact.visited, YESTERDAY);
  assert.equal((await held.log.entriesOf(contact)).filter(({ kind }) => kind === "contact.visited").length, 1);
});
