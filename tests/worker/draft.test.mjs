import assert from "node:assert/strict";
import { test } from "node:test";

import { byName, draftName, formerName, hasDraft, isOfCard, mayFill, opened, typedOver } from "../../static/page/draft.js";

const hidden = (told) => Object.entries(told).map(([name, value]) => ({ type: "hidden", name, value }));
const text = (name) => ({ type: "text", name, value: "" });
const form = (path, told, ...fields) => ({ method: "post", path, fields: [...hidden(told), ...fields], secret: false });

test("every form in which something is written has a draft, wherever it is sent", () => {
  for (const path of ["/care-reports", "/organisations/noord/edit", "/directory/new", "/guides/mine/7/edit", "/review/7", "/joint/7/notes", "/not-made-yet"]) {
    assert.ok(hasDraft(form(path, {}, text("facts"))), path);
    assert.ok(hasDraft(form(path, {}, { type: "textarea", name: "facts" })), path);
  }
});

test("a form that asks for a password, a PIN or a code keeps nothing, and neither does a search", () => {
  assert.ok(!hasDraft({ ...form("/join", {}, text("code")), secret: true }));
  assert.ok(!hasDraft({ ...form("/cards/7/entries", {}, text("note")), secret: true }));
  assert.ok(!hasDraft({ ...form("/directory", {}, text("q")), method: "get" }));
});

test("a setting of ticks alone has no draft: what is ticked and not saved is not in force", () => {
  assert.ok(!hasDraft(form("/settings/notices", {}, { type: "checkbox", name: "alarm" })));
  assert.ok(hasDraft(form("/cards/7/guides/9", {}, { type: "checkbox", name: "step" })), "what is done at a scene stays");
});

test("what is begun for one request, question, report or person stands in no other's form", () => {
  for (const name of ["request", "question", "asked", "search", "talk", "arrest", "report", "agreement", "person", "not_thought_of_yet"]) {
    const [one, other] = ["a", "b"].map((value) => draftName(form("/cards/7/entries", { kind: "service.promised", [name]: value }, text("note"))));
    assert.notEqual(one, other, name);
  }
});

test("the same form opened anew finds its draft, with another id and more seen", () => {
  const told = { kind: "picture.set", id: "1", supersedes: "a", card: "n1", csrf_token: "x", lat: "", lng: "", "override.duties": "d" };
  const anew = { kind: "picture.set", id: "2", supersedes: "a,b", card: "n2", csrf_token: "y", lat: "52", lng: "5", "override.duties": "e" };
  assert.equal(draftName(form("/cards/7/entries", told)), draftName(form("/cards/7/entries", anew)));
});

test("a report that was begun from a card leaves with that card", () => {
  const name = draftName(form("/care-reports", { card: "new", incident: "019a" }, text("facts")));
  assert.ok(isOfCard(name, "019a"));
  assert.ok(isOfCard("/cards/019a/entries kind=picture.set", "019a"));
  assert.ok(!isOfCard(name, "019b"));
});

test("a draft fills what is still as it was, and never what somebody else wrote since", () => {
  const field = (name, first) => ({ name, ticks: false, first });
  const was = opened([field("door", "Bel aan"), field("bring", ""), { name: "days", ticks: true, set: true, first: "mon" }, { name: "days", ticks: true, set: false, first: "tue" }]);
  assert.deepEqual(was, [["door", "Bel aan"], ["bring", ""], ["days", "mon"]]);
  assert.ok(mayFill({ was }, was)("door"));
  const may = mayFill({ was }, opened([field("door", "Bel de portier"), field("bring", "")]));
  assert.ok(!may("door"));
  assert.ok(!may("days"));
  assert.ok(may("bring"));
  assert.ok(!mayFill({}, was)("door"), "a draft of before it was kept what there was");
});

test("what was typed before a draft was put back takes the place of nothing that was not typed", () => {
  const was = [["says", ""], ["does", ""], ["seen", "red"]];
  const draft = { when: 1, values: [["says", "Mijn zus komt"], ["does", "Loopt weg"], ["seen", "red"]], was };
  const early = { when: 2, values: [["says", ""], ["does", "Komt terug"], ["seen", "red"], ["seen", "blue"]], was };
  assert.deepEqual(typedOver(draft, early), {
    when: 2,
    values: [["says", "Mijn zus komt"], ["does", "Komt terug"], ["seen", "red"], ["seen", "blue"]],
    was,
  });
  assert.equal(typedOver(undefined, early), early);
});

test("values of one name stay in their order", () => {
  assert.deepEqual([...byName([["if_then", "a"], ["note", "n"], ["if_then", "b"]])], [["if_then", ["a", "b"]], ["note", ["n"]]]);
});

test("a draft of the release before is found, but not where its name told no form from another", () => {
  const path = "/cards/7/entries";
  assert.equal(formerName(form(path, { kind: "risk.assessed", for: "client", id: "1" })), `${path} risk.assessed client        `);
  assert.equal(formerName(form("/cards/7/guides/9", { version: "3" })), "/cards/7/guides/9           3");
  assert.equal(formerName(form(path, { kind: "service.promised", request: "a" })), null);
});
