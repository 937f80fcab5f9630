/**
 * What this phone knows whoever uses it: who signed in here last, and the language. Everything else is in that person's own log.
 *
 * `doubt` is set when somebody may have signed in or out: until the server has said whose session this is, nobody's cards are shown.
 */
import { openDB } from "idb";

let opened = null;

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
      opened = null;
      event.target.close();
    },
    terminated: () => (opened = null),
  });
}

export async function recall(key) {
  return (await database()).get("device", key);
}

export async function remember(key, value) {
  const db = await database();
  const tx = db.transaction("device", "readwrite", { durability: "strict" });
  await Promise.all([tx.store.put(value, key), tx.done]);
}
