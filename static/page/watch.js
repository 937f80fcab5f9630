/**
 * Warns while somebody types what may say who a person is, in the fields where nobody should be named. It forbids nothing, and nothing leaves
 * the page. The words are in the catalogue: the place under the field carries them as `data-<what>` (templates/card/item.html, `watch`).
 */
import { identifying } from "../card/identifying.js";

const AWHILE = 400;
const timers = new WeakMap();

export function watchFields() {
  document.addEventListener("input", ({ target }) => {
    const place = target.closest?.(".field")?.querySelector("[data-watch]");
    if (place) look(target, place);
    if (target.type === "checkbox") for (const [field, note] of watchedBy(target)) look(field, note);
  });
}

/** The fields that a box, such as "anonymous", has watched. */
function watchedBy(box) {
  const places = box.form?.querySelectorAll(`[data-watch="${box.name}"]`) ?? [];
  return [...places].map((place) => [place.closest(".field").querySelector("input, textarea"), place]);
}

function look(field, place) {
  clearTimeout(timers.get(place));
  timers.set(place, setTimeout(() => say(field, place), AWHILE));
}

function say(field, place) {
  const when = place.dataset.watch;
  const watches = when === "always" || field.form?.querySelector(`[name="${when}"]:checked`);
  const found = watches ? identifying(field.value) : [];
  place.textContent = found.map(({ what, said }) => `${place.dataset[what]}: ${said}`).join(". ");
  place.hidden = !found.length;
}
