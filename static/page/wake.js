/** Bonnet mode: the phone lies on the bonnet as a display. It stays awake, and fills the screen where the browser allows it. */
let lock = null;

const bonnet = () => document.querySelector("[data-wake]");

export function stayAwake() {
  if (!bonnet()) return;
  ask();
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a, button, summary")) return;
    ask();
    if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => {});
  });
}

/** The browser gives the lock back whenever the page is hidden, so it is asked for again. Refused (low battery): the display still works. */
async function ask() {
  if (lock && !lock.released) return;
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null;
  }
}
