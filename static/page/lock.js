/**
 * The lock, from the page's side: this page holds the key as well, for a worker that was ended (static/worker/lock.js), and says when somebody taps.
 *
 * After the organisation's minutes without a tap on any page the key is forgotten and the screen with it. Only the display of bonnet mode may stay, where
 * the organisation allows that; it then says from when it is.
 */
import { shownAt } from "../worker/shown_at.js";
import { tell } from "./worker.js";

const EVERY = 5_000;
const NOT_OFTENER = 10_000;

let held = null;
let active = Date.now();
let told = 0;

export function lockWhenIdle() {
  if (!navigator.serviceWorker) return;
  const channel = new BroadcastChannel("motorkap");
  navigator.serviceWorker.addEventListener("message", ({ data, ports }) => {
    if (data.type === "key") hold(data);
    if (data.type === "key?") ports[0].postMessage(held && !isIdle() ? { ...held, active } : null);
  });
  navigator.serviceWorker.startMessages();
  channel.addEventListener("message", ({ data }) => {
    if (data.type === "locked" && held) leave();
    if (data.type === "tapped") active = Math.max(active, data.active);
    if (data.type === "status") lookAtAlarm();
  });
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => tapped(channel), { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", ({ persisted }) => persisted && held && window.location.reload());
  navigator.serviceWorker.controller?.postMessage({ type: "holding" });
  if (locked()) whileLocked();
}

/** Whether this page stands still behind the lock: nothing is drawn on it or heard for it any more. */
export const isBehindLock = () => document.documentElement.dataset.behindLock === "yes";

const locked = () => document.querySelector("[data-unlock]");
const isIdle = () => Date.now() - active >= held.idleMs;

function hold({ person, key, since, idleMs, active: last }) {
  if (locked() || isBehindLock()) return window.location.replace(locked()?.dataset.unlock ?? window.location.href);
  if (!held) setInterval(look, EVERY);
  held = { person, key, since, idleMs };
  active = Math.max(active, last);
}

function tapped(channel) {
  if (held && isIdle()) return look();
  active = Date.now();
  if (!held || active - told < NOT_OFTENER) return;
  told = active;
  channel.postMessage({ type: "tapped", active });
  tell({ type: "touched", active });
}

function look() {
  if (!held || !isIdle()) return;
  tell({ type: "lock" });
  leave();
}

/** Away with what is on the screen; the same address then asks for the PIN, and comes back here. Also for a page that was not lent the key yet. */
export function leave() {
  held = null;
  const notice = document.querySelector("[data-locked-notice]");
  if (notice) {
    document.documentElement.dataset.behindLock = "yes";
    document.dispatchEvent(new Event("behindlock"));
    notice.hidden = false;
    return;
  }
  document.body.hidden = true;
  window.location.replace(shownAt(window.location));
}

/** The locked phone has no stream and no rounds of its own; it hears at once whether it may still be here, and an alarm that waits is tried again. */
function whileLocked() {
  const share = (reason) => tell({ type: "share", reason });
  share("asked");
  window.addEventListener("online", () => share("online"));
  setInterval(() => alarmWaits() && share("online"), 2 * EVERY);
}

const alarmWaits = () => document.querySelector("[data-alarm-waits]");

/** Said in its place, without another page: the PIN may be half typed. */
async function lookAtAlarm() {
  const waits = alarmWaits();
  const alarms = waits && (await tell({ type: "alarms" }, { wait: EVERY }));
  if (!alarms) return;
  const words = waits.dataset[alarms.why];
  if (words && waits.textContent !== words) waits.textContent = words;
  if (alarms.waiting) return;
  waits.remove();
  document.querySelector("[data-alarm-sent]").hidden = false;
}
