/** Waiting minutes that count on: `[data-since]` holds the moment (ms) from which they run. */
const EVERY = 5_000;

export function tick() {
  count();
  setInterval(count, EVERY);
  document.addEventListener("htmx:after:swap", count);
}

function count() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-since]")) {
    const place = element.querySelector("[data-minutes]") ?? element;
    const text = String(Math.max(0, Math.floor((now - Number(element.dataset.since)) / 60_000)));
    if (place.textContent !== text) place.textContent = text;
  }
}
