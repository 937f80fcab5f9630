/**
 * Says while somebody types that the other side may understand a word differently, and what to say instead (report 4.2.1). It forbids nothing: a line under
 * the field, one tap to the right field, and away with it. The words come from the shelf, once a page (`/language.json`).
 *
 * The tap goes to a field of this form, or to another form. Then this one comes back by itself when the other is done: what was typed is kept (kept.js).
 */
import { hints } from "../card/language.js";

const AWHILE = 700;
const putAway = new WeakMap();
let book = null;
let timer = null;
let former = null;

export function hintWhileTyping() {
  document.addEventListener("focusin", ({ target }) => placeOf(target) && learn());
  document.addEventListener("input", ({ target }) => {
    const place = placeOf(target);
    if (!place) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(target, place), AWHILE);
  });
  document.addEventListener("click", (event) => {
    const more = event.target.closest?.("[data-language-more]");
    if (!more) return;
    if (event.target.closest("[data-put-away]")) dismiss(more);
    if (event.target.closest("[data-tap]")) follow(event, more);
  });
}

const placeOf = (field) => field.matches?.("input[type=text], textarea") && field.closest(".field")?.querySelector("[data-language]");

/** {words, taps, domain}. Without an answer there are no hints until the next time somebody comes to a field. */
function learn() {
  book ??= fetch("/language.json", { headers: { Accept: "application/json" } })
    .then((reply) => (reply.ok ? reply.json() : Promise.reject(reply.status)))
    .catch(() => (book = null));
  return book;
}

async function look(field, place) {
  const known = await learn();
  if (!known || !field.isConnected) return;
  if (!field.value) putAway.delete(field);
  const found = hints(field.value, known.words, known.domain).find(({ word }) => !putAway.get(field)?.has(word));
  if (found) say(field, place, found, known);
  else hush(field.form, place);
}

function say(field, place, { word, said }, { words, taps }) {
  const more = field.form.querySelector("[data-language-more]");
  const { say: text, tap } = words.find(({ id }) => id === word);
  for (const other of field.form.querySelectorAll("[data-language]")) if (other !== place) other.textContent = "";
  const told = `“${said}”: ${text}`;
  if (place.textContent !== told) place.textContent = told;
  place.after(more);
  more.hidden = false;
  more.dataset.word = word;
  offer(field, more.querySelector("[data-tap]"), taps[tap]);
  putIn.set(more, field);
}

const putIn = new WeakMap();

/** The tap: to a field of this form, else to a form that has it. Hidden where somebody is there already. */
function offer(field, link, tap) {
  const { form } = field;
  const here = tap && (form.dataset.form === tap.kind || tap.at === "[name=until]") && form.querySelector(`${tap.at}:not([type=hidden])`);
  // A form that begins a card has no other forms beside it yet.
  const elsewhere = form.dataset.form !== tap?.kind && form.getAttribute("action").endsWith("/entries");
  link.hidden = !tap || here === field || !(here || elsewhere);
  if (link.hidden) return;
  link.textContent = tap.label;
  link.href = `${form.getAttribute("action")}/new?kind=${tap.kind}${tap.more}`;
  link.dataset.tap = here ? tap.at : "";
}

function hush(form, place) {
  const more = form?.querySelector("[data-language-more]");
  place.textContent = "";
  if (more?.previousElementSibling === place) more.hidden = true;
}

function dismiss(more) {
  const field = putIn.get(more);
  putAway.set(field, new Set([...(putAway.get(field) ?? []), more.dataset.word]));
  field.focus();
  look(field, more.previousElementSibling);
}

/** On the sheet the other form takes the place of this one; elsewhere the link leads to it. */
function follow(event, more) {
  const link = event.target.closest("[data-tap]");
  const { form } = putIn.get(more);
  if (link.dataset.tap) {
    event.preventDefault();
    form.querySelector(`${link.dataset.tap}:not([type=hidden])`)?.focus();
  } else if (document.querySelector("#sheet[open] #form")?.contains(form)) {
    event.preventDefault();
    former = addressOf(form);
    bring(link.getAttribute("href"));
  }
}

/** Where this form came from: its kind and what it is about. */
function addressOf(form) {
  const told = [...new FormData(form)].filter(([name]) => form.querySelector(`input[type=hidden][name="${name}"]`) && !["id", "supersedes"].includes(name));
  return `${form.getAttribute("action")}/new?${new URLSearchParams(told)}`;
}

const bring = (address) => window.htmx.ajax("GET", address, { target: "#form", swap: "innerHTML" });

/** The other form was sent or put away: back to the one from which it was opened. False when there is none. */
export function backToFormer() {
  const address = former;
  former = null;
  if (address) bring(address);
  return Boolean(address);
}
