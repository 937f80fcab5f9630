/**
 * Hearing what others write. One page of this phone holds the stream, under a Web Lock; what it brings goes to the worker, which writes it to
 * the log and tells every page. The stream may break at any moment: whenever it opens the worker shares first, so nothing depends on it being whole.
 *
 * A page that is not shown lets go, so that the page that is shown has the stream.
 */
import { isBehindLock } from "./lock.js";
import { tell } from "./worker.js";

const ROUND = 60_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

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
    await navigator.locks.request("motorkap-live", () => streamWhileShown());
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

async function streamWhileShown() {
  let failures = 0;
  while (shown()) {
    const opened = await oneStream();
    failures = opened ? 0 : failures + 1;
    if (!shown()) return;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, spread(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures)))), wakeUp()]);
  }
}

const wakeUp = () => new Promise((resolve) => window.addEventListener("online", resolve, { once: true }));

/** One stream until it breaks or the page is hidden; true when it had opened. */
function oneStream() {
  return new Promise((resolve) => {
    const stream = new EventSource("/live");
    let opened = false;
    const end = () => {
      stream.close();
      document.removeEventListener("visibilitychange", look);
      document.removeEventListener("behindlock", end);
      window.removeEventListener("pagehide", end);
      resolve(opened);
    };
    const look = () => !shown() && end();
    document.addEventListener("visibilitychange", look);
    document.addEventListener("behindlock", end);
    window.addEventListener("pagehide", end);
    stream.onopen = () => {
      opened = true;
      share("stream");
    };
    stream.onerror = () => {
      // Refused, perhaps for good: the round of the worker hears why.
      if (!opened) share("timer");
      end();
    };
    stream.addEventListener("sync", ({ data }) => tell({ type: "streamed", answer: JSON.parse(data) }));
  });
}
