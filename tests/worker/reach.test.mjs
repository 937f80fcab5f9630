/** Whom an entry is for, and what it replaces, when it is written on a phone: the twin of tests/http/test_reach.py. */
import "./browser.mjs";

import assert from "node:assert/strict";
import { test } from "node:test";

import { write } from "../../static/worker/entries.js";
import { FakePhone, FakeServer, newId } from "./fakes.mjs";

/** A phone of the police with a card on which some entries stand; their ids. */
async function holding(...drafts) {
  const phone = await FakePhone.of(new FakeServer());
  phone.me.domain = "police";
  const card = newId();
  const written = await phone.log.write(phone.me.device, phone.now(), (stamp) => drafts.map((extra) => phone.draft(card, stamp, extra)));
  return { phone, card, ids: written.map(({ id }) => id) };
}

/** Sends a form to the worker as a page does; the entry that it became. */
async function sends({ phone, card }, fields) {
  const request = new Request("https://motorkap.example/", { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } });
  const answer = await write({ held: phone, event: {}, params: { card }, request });
  assert.equal(answer.status, 200);
  return (await phone.log.entriesOf(card)).at(-1);
}

test("a plan for the police alone replaces no plan that is for all", async () => {
  const shared = await holding({ kind: "plan.set", body: { plan: "Eén praat" } });
  const entry = await sends(shared, { kind: "plan.set", plan: "Wij houden hem aan", audience: "police", supersedes: shared.ids.join(",") });
  assert.deepEqual([entry.audience, entry.supersedes], ["police", []]);
});

test("a plan for all replaces the plan for all and does not name the one for the police", async () => {
  const both = await holding({ kind: "plan.set", body: { plan: "Eén praat" } }, { kind: "plan.set", body: { plan: "Aanhouden" }, audience: "police" });
  const entry = await sends(both, { kind: "plan.set", plan: "Twee praten", audience: "all", supersedes: both.ids.join(",") });
  assert.deepEqual([entry.audience, entry.supersedes], ["all", both.ids.slice(0, 1)]);
});

test("a correction tells nobody more than what it corrects", async () => {
  for (const [audience, asked, becomes] of [["police", "all", "police"], ["police", undefined, "police"], ["police", "org", "org"], ["org", "police", "org"]]) {
    const noted = await holding({ body: { says: "geheim" }, audience });
    const entry = await sends(noted, { kind: "entry.corrected", entry: noted.ids[0], text: "toch niet", ...(asked && { audience: asked }) });
    assert.equal(entry.audience, becomes, `${asked} about ${audience}`);
  }
});

test("who agrees with a plan of the police says so to the police", async () => {
  const planned = await holding({ kind: "plan.set", body: { plan: "Aanhouden" }, audience: "police" });
  assert.equal((await sends(planned, { kind: "plan.agreed", plan: planned.ids[0] })).audience, "police");
});
