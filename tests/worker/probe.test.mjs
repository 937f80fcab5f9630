import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { test } from "node:test";

import { canStore } from "../../static/page/probe.js";

/** A disk with this much room. */
async function withRoom(bytes, work) {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    if (value.byteLength > bytes) throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, value, key);
  };
  try {
    return await work();
  } finally {
    IDBObjectStore.prototype.put = put;
  }
}

test("a browser that keeps a few megabytes can store", async () => {
  assert.equal(await canStore(), "yes");
});

test("a disk that takes ten bytes and no megabytes is full, which is not the same as a browser that keeps nothing", async () => {
  assert.equal(await withRoom(1_000, () => canStore(10)), "yes");
  assert.equal(await withRoom(1_000, () => canStore()), "full");
  const { open } = indexedDB;
  indexedDB.open = () => {
    throw new DOMException("private", "SecurityError");
  };
  assert.equal(await canStore(), "no");
  indexedDB.open = open;
});
