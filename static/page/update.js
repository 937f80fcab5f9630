/**
 * A new version of the worker: it takes over only when somebody says so here, and is offered only when nothing is unsent. Pages that are open keep
 * what is on them: only the page where the button was pressed loads again.
 *
 * A tap may do nothing: what is asked in the split second in which the old worker ends starts it again, and then Chromium forgets that it was to go
 * until some page is loaded (`ServiceWorkerControlleeRequestHandler::ContinueWithRegistration`). So that page is this one.
 */
import { untilLifted } from "./finger.js";
import { tell } from "./worker.js";

const LOOK_EVERY = 10 * 60_000;
/** A browser waits a second by itself before the new one begins. */
const TAKES_OVER_WITHIN = 2_500;
/** An old worker that is busy for longer keeps its place: then the button is there again. */
const TRIES = 3;
/** How often this tab has tried, while it tries. */
const TRIED = "motorkap-update";

export async function offerUpdates() {
  const registration = await navigator.serviceWorker.ready;
  let pressed = false;
  const offer = async () => {
    const button = document.querySelector("[data-update]");
    if (!button) return;
    const counts = registration.waiting && (await tell({ type: "counts" }, { wait: 2_000 }));
    await untilLifted();
    button.hidden = !(registration.waiting && counts && counts.unsent === 0);
  };
  const takeOver = (tried) => {
    pressed = true;
    sessionStorage.setItem(TRIED, tried);
    registration.waiting?.postMessage({ type: "update" });
    setTimeout(() => window.location.reload(), TAKES_OVER_WITHIN);
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => data.type === "status" && offer());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-update]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    takeOver(1);
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!pressed) return void offer();
    sessionStorage.removeItem(TRIED);
    window.location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look(registration);
  });
  // A page that stands open all evening hears it too.
  setInterval(() => look(registration), LOOK_EVERY);
  const tried = Number(sessionStorage.getItem(TRIED));
  sessionStorage.removeItem(TRIED);
  if (tried && tried < TRIES && registration.waiting) takeOver(tried + 1);
  offer();
}

/** Whether the server has another worker now: a newer one, or none. */
const look = (registration) => registration.update().catch(() => {});
