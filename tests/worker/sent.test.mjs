import assert from "node:assert/strict";
import { test } from "node:test";

import { sentForm } from "../../static/page/sent.js";

test("a good answer to a link inside a form accepts nothing of that form", () => {
  const sheet = { matches: (what) => what === "form" };
  const link = { matches: () => false, closest: () => sheet };
  assert.equal(sentForm({ sourceElement: link, request: { method: "GET" } }), null);
  assert.equal(sentForm({ sourceElement: sheet, request: { method: "GET" } }), null);
  assert.equal(sentForm({ sourceElement: sheet, request: { method: "POST" } }), sheet);
  assert.equal(sentForm(undefined), null);
});
