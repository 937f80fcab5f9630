/**
 * The worker, from the page's side: registering it, asking it things, and offering a new version.
 *
 * A new version takes over only when somebody says so here, and is offered only when nothing is unsent. Pages that are open keep what is on
 * them: only the page where the button was pressed loads again.
 *
 * While the operator has switched the worker off a page of the server says so, and the worker that comes instead (off.js) tells pages that were open
 * already: none is registered, and one that is here still goes.
 */
import { workerAddress } from "./trusted.js";
import { warn } from "./warn.js";

const LOOK_EVERY = 10 * 60_000;

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
  try {
    const registration = await navigator.serviceWorker.register(workerAddress(), { updateViaCache: "none" });
    offerUpdates(registration);
    askToBeTaken();
    return true;
  } catch {
    // Without a network the worker that is here already goes on working.
    if (navigator.serviceWorker.controller) return true;
    warn("no-worker");
    return false;
  }
}

const isOff = () => document.querySelector("[data-worker-off]") !== null;

/** Away with the worker and its caches, and not with what is not shared yet. A page that it still answered loads again, from the server. */
async function leave() {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  if (navigator.serviceWorker.controller) window.location.reload();
}

/** Whether the server has another worker now: a newer one, or none. */
const look = (registration) => registration?.update().catch(() => {});

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
  const registration = await Promise.race([navigator.serviceWorker.ready, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  return registration?.active ?? null;
}

function offerUpdates(registration) {
  let pressed = false;
  const offer = async () => {
    const button = document.querySelector("[data-update]");
    if (!button) return;
    const counts = registration.waiting && (await tell({ type: "counts" }, { wait: 2_000 }));
    button.hidden = !(registration.waiting && counts && counts.unsent === 0);
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => (data.type === "status" ? offer() : data.type === "off" && leave()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-update]");
    if (!button) return;
    event.preventDefault();
    pressed = true;
    registration.waiting?.postMessage({ type: "update" });
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (pressed) window.location.reload();
    else offer();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look(registration);
  });
  // A page that stands open all evening hears it too.
  setInterval(() => look(registration), LOOK_EVERY);
  offer();
}
