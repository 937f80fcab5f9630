/**
 * Waiting minutes that count on: `[data-since]` holds the moment (ms) from which they run. Where `[data-due]` has passed somebody waits longer than was
 * agreed: the page is told, once, so that it asks how that is to be shown.
 */
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
  const passed = [...document.querySelectorAll("[data-due]")].filter((element) => now >= Number(element.dataset.due));
  for (const element of passed) element.removeAttribute("data-due");
  if (passed.length) document.dispatchEvent(new Event("due"));
}
