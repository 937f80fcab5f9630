/**
 * Waiting minutes that count on: `[data-since]` holds the moment (ms) from which they run. Where `[data-due]` has passed somebody waits longer than was
 * agreed: the page is told, so that it asks how that is to be shown. Once for each moment, whatever comes back.
 */
import { now } from "./clock.js";

const EVERY = 5_000;

/** The moments that the page was told of, each with the place that it is of. */
const told = new Set();
let last = 0;

export function tick() {
  count();
  setInterval(count, EVERY);
  document.addEventListener("htmx:after:swap", count);
}

function count() {
  const moment = now();
  // The clock was set right, and it had run ahead: what seemed to have passed is still to come.
  if (moment < last - EVERY) told.clear();
  last = moment;
  for (const element of document.querySelectorAll("[data-since]")) {
    const place = element.querySelector("[data-minutes]") ?? element;
    const text = String(Math.max(0, Math.floor((moment - Number(element.dataset.since)) / 60_000)));
    if (place.textContent !== text) place.textContent = text;
  }
  const passed = [...document.querySelectorAll("[data-due]")].filter((element) => moment >= Number(element.dataset.due));
  const fresh = passed.map(nameOf).filter((name) => !told.has(name));
  for (const name of fresh) told.add(name);
  if (fresh.length) document.dispatchEvent(new Event("due"));
}

const nameOf = (element) => `${element.closest("[id]")?.id} ${element.dataset.due}`;
