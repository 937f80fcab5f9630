"""What lies on a phone's disk: read as its own app would, with the key of the vault, and read as somebody would who has no key."""

from __future__ import annotations

# (person, pin) -> {entries, outbox, rejected, meta, drafts}: the key of the vault by the phone's own key or by the PIN, then record by record.
OPENED = """async ([person, pin]) => {
  const text = new TextEncoder();
  const way = (sealed, place) => ({name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: text.encode(place)});
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const open = async (name, read) => {
    const db = await done(indexedDB.open(name));
    try { return await read(db); } finally { db.close(); }
  };
  const [deviceKey, vault] = await open("motorkap", async (db) => {
    if (![...db.objectStoreNames].includes("device")) return [];
    const store = db.transaction("device").objectStore("device");
    return Promise.all([done(store.get("key")), done(store.get(`vault ${person}`))]);
  });
  const names = ["entries", "blocks", "outbox", "rejected", "meta", "drafts"];
  const kept = await open(`motorkap-${person}`, async (db) => {
    if (![...db.objectStoreNames].includes("drafts")) return {entries: [], blocks: [], outbox: [], rejected: [], meta: [], drafts: []};
    const tx = db.transaction(names);
    const keys = done(tx.objectStore("meta").getAllKeys());
    const found = await Promise.all(names.map((name) => done(tx.objectStore(name).getAll())));
    const all = Object.fromEntries(names.map((name, place) => [name, found[place]]));
    return {...all, meta: (await keys).map((name, place) => [name, all.meta[place]])};
  });
  let key = null;
  if (vault) {
    let lock = deviceKey, wrapped = vault.device, how = "device";
    if (vault.pin) {
      const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
      const made = {name: "PBKDF2", hash: "SHA-256", salt: vault.pin.salt, iterations: vault.pin.iterations};
      lock = await crypto.subtle.deriveKey(made, typed, {name: "AES-GCM", length: 256}, false, ["unwrapKey"]);
      [wrapped, how] = [vault.pin.wrapped, "pin"];
    }
    const unwrapping = way(wrapped, `vault ${vault.id} ${how}`);
    key = await crypto.subtle.unwrapKey("raw", wrapped.subarray(12), lock, unwrapping, "AES-GCM", false, ["decrypt"]);
  }
  const unsealed = async (row, place) => row?.box instanceof Uint8Array
    ? JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(way(row.box, place), key, row.box.subarray(12))))
    : row;
  const all = (rows, place) => Promise.all(rows.map((row) => unsealed(row, place(row))));
  const blocks = (await all(kept.blocks, ({card, block}) => `blocks ${card} ${block}`)).flat();
  const single = await all(kept.entries.filter((row) => !row.left), ({card, id}) => `entries ${card} ${id}`);
  const alone = new Set(kept.entries.map(({id}) => id));
  return {
    entries: [...blocks.filter(({id}) => !alone.has(id)), ...single],
    outbox: kept.outbox,
    rejected: await all(kept.rejected, ({id}) => `rejected ${id}`),
    meta: Object.fromEntries(await Promise.all(kept.meta.map(async ([name, row]) => [name, await unsealed(row, `meta ${name}`)]))),
    drafts: await all(kept.drafts, ({name}) => `drafts ${name}`),
  };
}"""

# All that a dump shows: every database, local and session storage, and every cache, as one text. Bytes are shown as the letters they would be.
DUMP = """async () => {
  const plain = (value) => {
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) return new TextDecoder("latin1").decode(value);
    if (value instanceof CryptoKey) return `key, can be taken out: ${value.extractable}`;
    if (Array.isArray(value)) return value.map(plain);
    return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) : value;
  };
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = [];
  for (const {name} of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const tx = db.transaction(store);
      const keys = done(tx.objectStore(store).getAllKeys());
      found.push([name, store, plain(await done(tx.objectStore(store).getAll())), await keys]);
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push([name, request.url, await (await cache.match(request)).text()]);
  }
  return JSON.stringify([found, {...localStorage}, {...sessionStorage}]);
}"""
