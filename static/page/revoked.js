/**
 * This device was revoked: the page forgets what was typed, and shows who comes here nothing but the way to sign in.
 *
 * Erasing the rest is the worker's (static/worker/parting.js), which hands in first what was not shared. Where there is none, as while it is switched
 * off, nobody can open what is sealed to hand it in; then the page erases it.
 */
import { tell } from "./worker.js";

const OF_A_PERSON = /^motorkap-(?!probe$)/;

const said = () => document.querySelector("[data-revoked]");

/** The page on which the server says it: nothing is kept from here on, and no worker is started. */
export const isSaid = () => said() !== null;

export async function leaveWhenRevoked() {
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => {
    if (data.type !== "revoked") return;
    forget();
    if (!isSaid()) window.location.assign("/login");
  });
  if (!isSaid()) return;
  forget();
  // A worker that has not heard it yet hears it from the server now.
  if (await navigator.serviceWorker?.getRegistration()) tell({ type: "share", reason: "asked" });
  else await erase(said().dataset.revoked);
}

function forget() {
  localStorage.clear();
  sessionStorage.clear();
}

/** What others who use this phone have stays. With nobody else here the server is asked for the last word, `Clear-Site-Data`. */
async function erase(person) {
  await done(indexedDB.deleteDatabase(`motorkap-${person}`));
  const left = (await indexedDB.databases?.()) ?? [{ name: "motorkap-" }];
  if (left.some(({ name }) => OF_A_PERSON.test(name))) return forgetKeys(person);
  if (left.length) await fetch("/sync", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"entries": []}' }).catch(() => {});
}

async function forgetKeys(person) {
  const db = await done(indexedDB.open("motorkap"));
  if (db.objectStoreNames.contains("device")) {
    const device = db.transaction("device", "readwrite").objectStore("device");
    await Promise.all(["me", "card", `vault ${person}`].map((key) => done(device.delete(key))));
  }
  db.close();
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
