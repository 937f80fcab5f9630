/**
 * Saying plainly what this phone cannot do, before anybody relies on it. The words are in the catalogue: the layout carries them as
 * `data-<what>` on the element `[data-warning]`.
 */
export function warn(what) {
  const place = document.querySelector("[data-warning]");
  const words = place?.getAttribute(`data-${what}`);
  if (!words) return;
  place.textContent = words;
  place.dataset.shown = what;
  place.hidden = false;
}

export function unwarn(what) {
  const place = document.querySelector("[data-warning]");
  if (place?.dataset.shown === what) place.hidden = true;
}
