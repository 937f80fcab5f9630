/**
 * What this phone knows whoever uses it: who signed in here last, the language, and the wrapped keys. Everything else is in that person's own log.
 *
 *   key             this phone's own key: WebCrypto keeps its bytes from every script
 *   me              who works here, sealed with that key: so that a locked phone knows whose it is, and a dump of the database does not
 *   vault <person>  the wrapped key of that person (vault.js)
 *
 * `doubt` is set when somebody may have signed in or out (true), or when the worker has only just begun ("begun"): until the server has said whose
 * session this is, nobody's cards are shown; without a network only in the first case.
 */
import { openDB } from "idb";

import { newKey, seal, unseal } from "./seal.js";

const SEALED = ["me"];

let opened = null;
let known = null;

async function database() {
  opened ??= open().catch((error) => {
    // A failure of this moment is not remembered: the next one who asks tries again.
    opened = null;
    throw error;
  });
  return opened;
}

function open() {
  return openDB("motorkap", 1, {
    upgrade: (db) => db.createObjectStore("device"),
    blocking: (_current, _blocked, event) => {
      forget();
      event.target.close();
    },
    terminated: forget,
  });
}

/** The database may be erased: a key that is only in memory would seal what nobody can open again. */
function forget() {
  opened = null;
  known = null;
}

/** The key of this phone, made when it is asked for the first time. */
export async function deviceKey() {
  known ??= (await recall("key")) ?? (await madeKey());
  return known;
}

async function madeKey() {
  const made = await newKey();
  return change("key", (before) => before ?? made);
}

/** What an older version kept in plain is read as it is, and sealed at once. */
export async function recall(key) {
  const kept = await (await database()).get("device", key);
  if (!SEALED.includes(key) || !kept) return kept;
  if (kept instanceof Uint8Array) return unseal(await deviceKey(), key, kept);
  await remember(key, kept);
  return kept;
}

export async function remember(key, value) {
  const kept = SEALED.includes(key) && value ? await seal(await deviceKey(), key, value) : value;
  await change(key, () => kept);
}

/** Reads and writes in one transaction that the disk has when the promise holds; `make(before)` cannot wait. Returns what is kept now. */
export async function change(key, make) {
  const db = await database();
  const tx = db.transaction("device", "readwrite", { durability: "strict" });
  const after = make(await tx.store.get(key));
  await Promise.all([after === undefined ? tx.store.delete(key) : tx.store.put(after, key), tx.done]);
  return after;
}
