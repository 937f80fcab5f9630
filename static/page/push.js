/**
 * Asking to be pushed to, on the page of the settings for notices. The browser's own question comes only after a tap: who says no to it by a slip must
 * dig in the settings of the phone, so what a browser can do is said before.
 */
const place = document.querySelector("[data-push]");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const isIphone = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** "on" | "off" | "denied" | "iphone" (has to be on the home screen first) | "unable". On is what both the server and this browser say. */
async function standing() {
  const able = "PushManager" in window && "Notification" in window && "serviceWorker" in navigator && window.isSecureContext;
  if (!able) return isIphone() && !isInstalled() ? "iphone" : "unable";
  if (Notification.permission === "denied") return "denied";
  const registration = await navigator.serviceWorker.getRegistration();
  const held = await registration?.pushManager.getSubscription();
  return held && place.dataset.on === "yes" && Notification.permission === "granted" ? "on" : "off";
}

async function show() {
  const found = await standing().catch(() => "unable");
  for (const part of place.querySelectorAll("[data-push-when]")) part.hidden = part.dataset.pushWhen !== found;
}

/** What the browser had is of another time, another key or another person: a new one. */
async function subscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(place.dataset.push) });
  const reply = await fetch("/push/subscription", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(made) });
  if (!reply.ok) throw new Error(`refused: ${reply.status}`);
}

async function switchOn(button) {
  const failed = place.querySelector("[data-push-failed]");
  failed.hidden = true;
  if ((await Notification.requestPermission()) !== "granted") return show();
  button.disabled = true;
  try {
    await subscribe();
    location.assign("/settings/notices");
  } catch {
    failed.hidden = false;
    button.disabled = false;
  }
}

/** The form tells the server; the browser is told here, and not waited for. */
async function switchOff() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

if (place) {
  show();
  place.querySelector("[data-push-on]").addEventListener("click", ({ currentTarget }) => switchOn(currentTarget));
  place.querySelector("[data-push-off]").addEventListener("submit", () => switchOff().catch(() => {}));
}
