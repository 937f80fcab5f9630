/**
 * Hearing what others write. One page of this phone holds the stream, under a Web Lock; what it brings goes to the worker, which writes it to
 * the log and tells every page. The stream may break at any moment: whenever it opens the worker shares first, so nothing depends on it being whole.
 *
 * A page that is not shown lets go, so that the page that is shown has the stream.
 */
import { isBehindLock } from "./lock.js";
import { rest } from "./rest.js";
import { keepStream } from "./stream.js";
import { tell } from "./worker.js";

const ROUND = 60_000;

const spread = (ms) => ms / 2 + (Math.random() * ms) / 2;
const share = (reason) => tell({ type: "share", reason });
const shown = () => document.visibilityState === "visible" && !isBehindLock();

export function listen() {
  if (document.querySelector("[data-signed-out]")) return;
  share("page");
  window.addEventListener("online", () => share("online"));
  document.addEventListener("visibilitychange", () => shown() && share("shown"));
  document.addEventListener("click", (event) => event.target.closest?.("[data-sync-now]") && share("asked"));
  const round = () => setTimeout(() => (shown() && share("timer"), round()), spread(2 * ROUND));
  round();
  holdStream();
}

/** Waits for its turn among the pages of this phone, and keeps the stream as long as the page is shown. */
async function holdStream() {
  for (;;) {
    await until(shown);
    await navigator.locks.request("motorkap-live", () => keepStream({ open: oneStream, shown, rest }));
  }
}

function until(condition) {
  if (condition()) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

/** One stream until it breaks or the page is hidden; how long it was open. */
function oneStream() {
  return new Promise((resolve) => {
    const stream = new EventSource("/live");
    let opened = null;
    const end = () => {
      stream.close();
      document.removeEventListener("visibilitychange", look);
      document.removeEventListener("behindlock", end);
      window.removeEventListener("pagehide", end);
      resolve(opened === null ? 0 : performance.now() - opened);
    };
    const look = () => !shown() && end();
    document.addEventListener("visibilitychange", look);
    document.addEventListener("behindlock", end);
    window.addEventListener("pagehide", end);
    stream.onopen = () => {
      opened = performance.now();
      share("stream");
    };
    stream.onerror = () => {
      // Refused, perhaps for good: the round of the worker hears why.
      if (opened === null) share("timer");
      end();
    };
    stream.addEventListener("sync", ({ data }) => tell({ type: "streamed", answer: JSON.parse(data) }));
  });
}
