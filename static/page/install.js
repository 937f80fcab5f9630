/**
 * Whether this phone keeps what is written on it, and how to put the app on the home screen.
 *
 * Said plainly before anybody relies on it: no worker, no storage, a disk that is nearly full, a browser that may throw things away.
 */
import { canStore } from "./probe.js";
import { unwarn, warn } from "./warn.js";

const LITTLE = 20 * 1024 * 1024;
const PROBED = "motorkap-probed";

export async function installHints(worker) {
  offerInstall();
  if (!worker) return;
  const stores = await canStoreToday();
  if (stores !== "yes") return warn(stores === "full" ? "full-now" : "no-store");
  const room = await navigator.storage?.estimate?.().catch(() => null);
  if (room?.quota && room.quota - room.usage < LITTLE) return warn("full");
  const kept = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.().catch(() => false));
  const place = document.querySelector("[data-storage]");
  if (place) place.dataset.storage = kept ? "kept" : "may_go";
  for (const part of document.querySelectorAll("[data-storage-when]")) part.hidden = part.dataset.storageWhen !== (kept ? "kept" : "may_go");
  if (kept) unwarn("evict");
  else if (isIphone() && !isInstalled()) warn("evict");
}

/** The large probe once a visit, a small one on every page. */
async function canStoreToday() {
  const stores = await (sessionStorage.getItem(PROBED) ? canStore(10) : canStore());
  if (stores === "yes") sessionStorage.setItem(PROBED, "yes");
  return stores;
}

const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
const isIphone = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

/** Android: the browser's own question, when the person asks for it. iPhone: the steps, because there is no question to ask. */
function offerInstall() {
  const show = (how) => {
    for (const place of document.querySelectorAll("[data-install]")) place.hidden = place.dataset.install !== how;
  };
  if (isInstalled()) return;
  if (isIphone()) show("iphone");
  let question = null;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    question = event;
    show("android");
  });
  window.addEventListener("appinstalled", () => show("none"));
  document.addEventListener("click", async (event) => {
    if (!event.target.closest?.("[data-install-now]") || !question) return;
    await question.prompt();
    question = null;
    show("none");
  });
}
