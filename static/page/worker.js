/**
 * The worker, from the page's side: registering it, and asking it things. What becomes of a new version: update.js.
 *
 * While the operator has switched the worker off a page of the server says so, and the worker that comes instead (off.js) tells pages that were open
 * already: none is registered, and one that is here still goes.
 */
import { within } from "../worker/within.js";
import { workerAddress } from "./trusted.js";
import { warn } from "./warn.js";

const supported = "serviceWorker" in navigator && window.isSecureContext;

/** True when a worker answers for this phone (now, or from the next page on). */
export async function startWorker() {
  if (!supported) {
    warn("no-worker");
    return false;
  }
  if (isOff()) {
    await leave();
    return false;
  }
  leaveWhenOff();
  try {
    await navigator.serviceWorker.register(workerAddress(), { updateViaCache: "none" });
    askToBeTaken();
    return true;
  } catch {
    // Without a network the worker that is here already goes on working.
    if (navigator.serviceWorker.controller) return true;
    warn("no-worker");
    return false;
  }
}

const leaveWhenOff = () => new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => data.type === "off" && leave());
const isOff = () => document.querySelector("[data-worker-off]") !== null;

/** Away with the worker and its caches, and not with what is not shared yet. A page that it still answered loads again, from the server. */
async function leave() {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  if (navigator.serviceWorker.controller) window.location.reload();
}

/** A page that was loading at the very moment when the worker began is taken by nobody, and would work on the server until the next one. */
async function askToBeTaken() {
  const { active } = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) active.postMessage({ type: "claim" });
}

/** Tells the worker something; with `wait` the promise holds its answer, or null when it gives none in time. */
export async function tell(message, { wait = 0 } = {}) {
  const worker = navigator.serviceWorker?.controller ?? (await readyWorker());
  if (!worker) return null;
  if (!wait) return void worker.postMessage(message);
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(null), wait);
    worker.postMessage(message, [port2]);
  });
}

async function readyWorker() {
  if (!supported) return null;
  const registration = await within(10_000, navigator.serviceWorker.ready);
  return registration?.active ?? null;
}
