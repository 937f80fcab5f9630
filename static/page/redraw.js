/**
 * Drawing what changed. The worker says which sections of which card did; the page asks for those it shows and morphs them in.
 * A section in which somebody is typing is left alone until they are done: nobody's words are ever drawn over.
 *
 * What a tap is answered with is drawn in two steps: at once what is in sight, and after that frame the sections that are not.
 */
import { within } from "../worker/within.js";
import { drawAlarms, showAlarms } from "./alarms.js";
import { untilLifted } from "./finger.js";
import { sayGone } from "./gone.js";
import { isBehindLock, leave } from "./lock.js";
import { shownCard } from "./shown.js";
import { parsed } from "./trusted.js";

const AWHILE = 40;
/** Long enough for the answer to a tap to be painted on a slow phone, so that it never waits for what is less urgent. */
const AFTER_A_TAP = 200;
const PATIENCE = 500;

/** This page's own name: what it was answered with itself it does not draw again. */
const PAGE = Math.random().toString(36).slice(2);

let waiting = new Set();
let timer = null;
let busy = false;
let statusTimer = null;
/** Sections by name that a tap was answered with and that wait for the next frame. */
const unseen = new Map();

const LOCKED = 423;
const isLocked = () => document.querySelector("[data-locked]") !== null;
const sectionOf = (name) => document.getElementById(`section-${name}`);

export function redrawOnChange() {
  const channel = new BroadcastChannel("motorkap");
  channel.addEventListener("message", ({ data }) => {
    if (data.type === "status") statusTimer ??= setTimeout(redrawStatus, AFTER_A_TAP);
    if (data.type === "changed" && data.card === shownCard() && data.page !== PAGE) later(data.names);
    if (data.type === "changed") later([...document.querySelectorAll(`[data-follows~="${data.card}"]`)].map(nameOf));
    if (data.type === "changed" && document.querySelector("[data-cards]")) redrawList(data.names);
  });
  document.addEventListener("htmx:config:request", ({ detail }) => (detail.ctx.request.headers["X-Page"] = PAGE));
  document.addEventListener("htmx:before:swap", ({ detail }) => setUnseenApart(detail.tasks));
  document.addEventListener("due", () => (later(["waiting", "header"]), askAgain()));
  document.addEventListener("focusout", () => later([]));
  document.addEventListener("htmx:after:swap", () => later([]));
  if (navigator.serviceWorker?.controller) setTimeout(lookOnce, AFTER_A_TAP);
}

/** What came between the drawing of this page and its first listening was told to nobody. Every entry is in the time line: another one says so. */
async function lookOnce() {
  if (sectionOf("timeline") && (await isOther(sectionsAt(["timeline"]), "section-timeline"))) later([...document.querySelectorAll("[id^=section-]")].map(nameOf));
  if (document.querySelector("[data-cards]") && (await isOther(here(), "cards"))) await redrawCards().then(showAlarms);
}

async function isOther(url, id) {
  const { page } = await asked(url).catch(() => ({ page: null }));
  const [fresh, old] = [page?.getElementById(id), document.getElementById(id)];
  return Boolean(fresh && old) && fresh.textContent !== old.textContent;
}

const here = () => window.location.pathname + window.location.search;
const sectionsAt = (names) => `/cards/${shownCard()}/sections?names=${names.join(",")}`;
const nameOf = (section) => section.id.slice("section-".length);

/** What is answered at an address, parsed when it is good; `byPin`: the phone asks for its PIN instead. Throws when there is no worker and no network. */
async function asked(url) {
  const reply = await fetch(url, { headers: { "HX-Request": "true" } });
  return { status: reply.status, page: reply.ok ? await parsed(reply) : null, byPin: reply.headers.get("X-Motorkap") === "locked" };
}

/** A list that goes by the clock, such as of who is open now, is asked for as if somebody typed in its filter. */
const askAgain = () => document.querySelector("form.filter[hx-get]")?.dispatchEvent(new Event("input"));

function later(names) {
  for (const name of names) waiting.add(name);
  if (waiting.size && !timer) timer = setTimeout(draw, AWHILE);
}

function setUnseenApart(tasks) {
  for (const task of tasks.filter(({ type, target }) => type === "oob" && isOutOfSight(target))) {
    tasks.splice(tasks.indexOf(task), 1);
    unseen.set(task.target.id, task.fragment.firstElementChild);
  }
  if (unseen.size) setTimeout(drawUnseen, AFTER_A_TAP);
}

function isOutOfSight(section) {
  const { top, bottom } = section.getBoundingClientRect();
  return bottom < 0 || top > window.innerHeight;
}

async function drawUnseen() {
  const sections = [...unseen.values()];
  unseen.clear();
  for (const fresh of sections) await drawSection(fresh);
}

/** Somebody is writing here: the focus is in one of its fields, or a field holds what is not sent yet. */
export function beingTypedIn(section) {
  const fields = [...section.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.some((field) => field === document.activeElement || differs(field));
}

function differs(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== field.options[0]?.value);
  return field.value !== field.defaultValue;
}

async function draw() {
  timer = null;
  const names = [...waiting].filter((name) => sectionOf(name) && !beingTypedIn(sectionOf(name)));
  waiting = new Set([...waiting].filter((name) => sectionOf(name) && !names.includes(name)));
  if (!names.length) return;
  if (busy) {
    names.forEach((name) => waiting.add(name));
    timer = setTimeout(draw, AWHILE);
    return;
  }
  busy = true;
  try {
    const { status, page } = await asked(sectionsAt(names));
    if (page) await morphSections(page);
    else if (status === 404) await sayGone();
  } catch {
    // No worker and no network: the next change or the next page draws it.
  } finally {
    busy = false;
  }
}

async function morphSections(page) {
  for (const fresh of page.querySelectorAll("[id^=section-]")) {
    unseen.delete(fresh.id);
    await drawSection(fresh);
  }
}

const typeIn = (section) => section.querySelector("[data-type]")?.dataset.type;

/** A card that turned into another has other sections: that is another page. */
const isAnotherPage = (old, fresh) => fresh.id === "section-header" && typeIn(old) !== typeIn(fresh);

/** Not while a form is open: its words would go. */
function toOtherPage(header) {
  if (document.querySelector("dialog[open]")) waiting.add(nameOf(header));
  else window.location.reload();
}

async function drawSection(fresh) {
  await untilLifted();
  const old = document.getElementById(fresh.id);
  if (!old) return;
  if (isAnotherPage(old, fresh)) toOtherPage(fresh);
  else if (beingTypedIn(old)) waiting.add(nameOf(fresh));
  else await morph(old, fresh);
}

async function morph(old, fresh) {
  fresh.removeAttribute("hx-swap-oob");
  await window.htmx.swap({ text: fresh.outerHTML, target: old, swap: "outerMorph", sourceElement: old });
}

/** The line about sharing, and what says of itself that it is not sent yet. */
async function redrawStatus() {
  statusTimer = null;
  if (document.getElementById("sync-line")) await redrawFrom("/status", ["sync-line"]);
  if (document.getElementById("unsent") && !document.querySelector("#unsent details[open]")) await redrawFrom("/unsent", ["unsent"]);
  if (!document.querySelector("[data-not-sent]")) return;
  later(["alarm", "display"]);
  drawAlarms();
}

/** The list goes first, so that the strip knows which alarms stand there already; but no alarm waits for a list that does not come. */
function redrawList(names) {
  const drawn = redrawCards().then(showAlarms);
  if (names.includes("alarm")) within(PATIENCE, drawn).then(drawAlarms);
}

async function redrawCards() {
  if (!document.querySelector("[data-cards]")?.contains(document.activeElement)) await redrawFrom(here(), ["cards"]);
}

const reload = () => window.location.reload();

async function redrawFrom(url, ids) {
  try {
    const { status, page, byPin } = await asked(url);
    // The phone locked or opened again (static/worker/contact.js, lock.js): then this is not the page to look at.
    if ((status === LOCKED) !== isLocked() && !isBehindLock()) (byPin ? leave : reload)();
    await untilLifted();
    for (const id of page ? ids : []) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (fresh && old) await morph(old, fresh);
    }
  } catch {
    // The next message draws it.
  }
}
