/**
 * The focus stays where the person was. What they tapped may be gone when the answer is drawn: then the focus goes to what came in its place, or else to
 * the heading of its section or of the card, and never to nowhere. Who uses a keyboard, a switch or a reading voice goes on from there.
 */
const SECTION = "[id^=section-], section[id]";
const HEADING = "h1, h2, h3";

/** Where the person was when the drawing began, or when the sheet opened: { section, alike }. */
let place = null;
let opener = null;

export function keepFocus() {
  document.addEventListener("htmx:before:swap", () => (place = placeNow() ?? (isLost() ? place : null)));
  document.addEventListener("htmx:after:swap", () => setTimeout(comeBack));
  document.addEventListener("focusin", ({ target }) => {
    if (!inDialog(target)) opener = placeOf(target);
  });
  // Who taps elsewhere has gone on.
  document.addEventListener("pointerdown", () => (place = null));
}

const inDialog = (element) => element.closest?.("dialog");
const placeNow = () => (document.querySelector("dialog[open]") ? opener : placeOf(document.activeElement));
const isLost = () => !document.querySelector("dialog[open]") && (!document.activeElement || document.activeElement === document.body);

function placeOf(element) {
  const section = element?.closest?.(SECTION);
  return section && { section: section.id, alike: deedOf(element) };
}

/** What a link or a button does: by that it is the same one after it was drawn again. An id of one sending is no part of it. */
function deedOf(element) {
  const told = [...(element.form?.elements ?? [])].filter(({ type, name }) => type === "hidden" && !["id", "supersedes"].includes(name));
  const own = [element.tagName, element.id, element.getAttribute("href"), element.name, element.value];
  return [...own, ...told.map(({ name, value }) => `${name}=${value}`)].join(" ");
}

function comeBack() {
  if (!place || !isLost()) return;
  const section = document.getElementById(place.section);
  const same = [...(section?.querySelectorAll("a[href], button, summary, input, select, textarea") ?? [])].find((one) => deedOf(one) === place.alike);
  // A section in which nothing is left takes no room, and no focus: then the card itself.
  const ways = [same, section?.querySelector(HEADING), section, section?.parentElement.querySelector(HEADING), document.getElementById("main")];
  ways.find((one) => one && takesFocus(one));
  place = null;
}

function takesFocus(element) {
  if (element.tabIndex < 0) element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}
