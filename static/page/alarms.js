/**
 * An alarm is seen and felt wherever its reader is: on a page that does not show that card, and over a form that covers everything.
 *
 * Said once: the card and its bonnet view show their own alarms, so there the strip leaves those out. In a list it leaves out the cards of which the row
 * says it, as long as that is in sight. A sheet covers all of them, so on an open sheet every alarm stands.
 */
import { untilLifted } from "./finger.js";
import { shownCard } from "./shown.js";
import { parsed } from "./trusted.js";

const FELT = "motorkap-felt";
const PATTERN = [400, 150, 400, 150, 400];

let rings = [];
let drawing = null;
/** Said aloud on this page already: what only comes back because a list is scrolled is not said again. */
const said = new Set();

export function watchAlarms() {
  if (document.body.hasAttribute("data-signed-out")) return;
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => {
    // On a list it is asked when the list itself is drawn (redraw.js).
    if (data.type === "changed" && data.names.includes("alarm") && !isList()) drawAlarms();
  });
  for (const name of ["scroll", "resize"]) window.addEventListener(name, lookAgain, { passive: true });
  // Cards that are shown say what a tap of their own did; the strip hears of it here.
  document.addEventListener("htmx:after:swap", ({ detail }) => detail.ctx?.text?.includes("section-alarm") && drawAlarms());
  drawAlarms();
}

/** Asks for the alarms and shows them. Asked again meanwhile: once more after this. */
export function drawAlarms() {
  if (drawing) drawing.again = true;
  else draw();
}

async function draw() {
  drawing = { again: false };
  try {
    const reply = await fetch("/alarms", { headers: { "HX-Request": "true" } });
    const type = reply.headers.get("Content-Type") ?? "";
    if (reply.ok && type.includes("html")) {
      rings = [...(await parsed(reply)).querySelectorAll("[data-alarm]")];
      feel();
      await untilLifted();
      showAlarms();
    }
  } catch {
    // No worker and no network: what was shown stays.
  } finally {
    const { again } = drawing;
    drawing = null;
    if (again) draw();
  }
}

/** Again, with what is known already: a sheet was opened or closed, or a list drawn or scrolled. */
export function showAlarms() {
  const sheet = document.getElementById("sheet");
  const shown = document.querySelector("#section-alarm, #section-display") && shownCard();
  const inSight = [shown, ...rowsInSight()];
  fill(document.getElementById("alarms"), rings.filter((one) => !inSight.includes(one.dataset.alarmCard)));
  if (sheet) fill(sheet.querySelector(".alarms") ?? placeOn(sheet), sheet.open ? rings : []);
}

const isList = () => document.querySelector("[data-cards]") !== null;

let looking = null;

function lookAgain() {
  if (rings.length && isList()) looking ??= requestAnimationFrame(() => ((looking = null), showAlarms()));
}

/**
 * The cards of which the row says, in sight, that an alarm rings there. A row counts only when it would still be in sight once the strip is gone and
 * everything moved up: else the strip would come and go for ever.
 */
function rowsInSight() {
  const strip = document.getElementById("alarms")?.offsetHeight ?? 0;
  const bar = document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0;
  const isInSight = (word) => {
    const { top, bottom, height } = word.getBoundingClientRect();
    return height > 0 && top - strip >= bar && bottom <= window.innerHeight;
  };
  return [...document.querySelectorAll("[data-rings]")].filter(isInSight).map((word) => word.dataset.rings);
}

function placeOn(sheet) {
  const place = document.createElement("section");
  place.className = "alarms";
  place.setAttribute("aria-label", document.getElementById("alarms")?.getAttribute("aria-label") ?? "");
  sheet.prepend(place);
  return place;
}

/** Only what is new is put in, so that only that is read aloud. */
function fill(place, alarms) {
  if (!place) return;
  const wanted = new Map(alarms.map((one) => [one.dataset.alarm, one]));
  for (const old of [...place.children]) {
    const fresh = wanted.get(old.dataset.alarm);
    if (!fresh) old.remove();
    else if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...document.importNode(fresh, true).childNodes);
    wanted.delete(old.dataset.alarm);
  }
  for (const fresh of wanted.values()) {
    const one = document.importNode(fresh, true);
    if (!said.has(one.dataset.alarm)) one.setAttribute("role", "alert");
    said.add(one.dataset.alarm);
    place.append(one);
  }
  place.hidden = alarms.length === 0;
}

/** Once for each alarm of somebody else, also when another page opens meanwhile. Browsers allow it only on a page that was touched. */
function feel() {
  const felt = new Set(JSON.parse(sessionStorage.getItem(FELT) ?? "[]"));
  const fresh = rings.filter((one) => !felt.has(one.dataset.alarm) && !one.hasAttribute("data-alarm-own"));
  if (!fresh.length) return;
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(PATTERN);
  sessionStorage.setItem(FELT, JSON.stringify(rings.map((one) => one.dataset.alarm)));
}
