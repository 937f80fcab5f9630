/**
 * Whether this browser really keeps what is written: a write and a read, because some have the interface and refuse its use (private windows, a full
 * disk). "yes" | "full" | "no". Some megabytes are asked for: a disk that takes ten bytes may not take a card.
 */
const SOME_MEGABYTES = 3 * 1024 * 1024;

export async function canStore(bytes = SOME_MEGABYTES) {
  try {
    const db = await opened();
    try {
      await written(db, bytes);
      await written(db, 0);
      return "yes";
    } finally {
      db.close();
    }
  } catch (error) {
    return error?.name === "QuotaExceededError" ? "full" : "no";
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("motorkap-probe", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("probe");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}

function written(db, bytes) {
  return new Promise((resolve, reject) => {
    const tx = db.transaction("probe", "readwrite");
    tx.objectStore("probe").put(new Uint8Array(bytes), "written");
    tx.oncomplete = resolve;
    tx.onabort = () => reject(tx.error);
  });
}
