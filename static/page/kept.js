/**
 * What a person typed is never lost: not by a reload, an error, an expired session, a dead network or a browser that is closed.
 *
 * Every form in which something is written has a draft on this phone, from the first letter until it is accepted (which forms, and which draft is whose:
 * draft.js). It leaves after a day, and with signing out. The worker keeps it, sealed. Without one it stays with the tab and no longer: nothing that
 * somebody typed lies open on the disk. Passwords and codes are never kept.
 */
import { byName, draftName, formerName, hasDraft, isForCard, isOfCard, mayFill, opened, SECRET, typedOver } from "./draft.js";
import { sentForm } from "./sent.js";
import { tell } from "./worker.js";

const PREFIX = "motorkap-draft ";
const EARLY = "motorkap-early ";
const SENT = "motorkap-sent";
const LEAVING = "motorkap-leaving";
const LOOKS = "motorkap-looks";
const PATIENCE = 3_000;

/** {name: {when, values, was}} as far as this page knows; null until the worker has said which there are. `was`: what the fields held before. */
let drafts = null;
/** The draft of the form that this page answers, or null. */
let answered = null;
/** What the fields of a form held before anybody typed in it. */
const before = new WeakMap();
/** Forms in which somebody typed before the worker said which drafts there are. */
const early = new Set();

export function keepForms() {
  const loaded = load().then(() => {
    settleLeaving();
    settleSent();
    restoreAll(document);
  });
  // What is typed before the drafts are here must not take the place of a draft that has not been put back yet.
  const whenLoaded = ({ target: { form } }) => {
    if (!form) return;
    if (drafts) return keep(form);
    early.add(form);
    loaded.then(() => keep(form));
  };
  window.addEventListener("pagehide", setEarlyAside);
  document.addEventListener("input", whenLoaded);
  document.addEventListener("change", whenLoaded);
  document.addEventListener("submit", ({ target, submitter }) => {
    if (addressOf(target) === "/logout") return sessionStorage.setItem(LEAVING, "yes");
    if (target.hasAttribute("hx-post") || !key(target)) return;
    sessionStorage.setItem(SENT, key(target));
    // Only to look how it will be: nothing is accepted by that.
    if (submitter?.hasAttribute("data-looks")) sessionStorage.setItem(LOOKS, "yes");
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const form = sentForm(detail.ctx);
    if (!form || !key(form) || !(detail.ctx.response?.status < 400)) return;
    early.delete(form);
    put(key(form), null);
  });
  document.addEventListener("htmx:after:swap", () => restoreAll(document.getElementById("form") ?? document));
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => data.type === "off" && setAside());
}

/** The worker is leaving (off.js), and this page loads again: what is typed here stays with the tab. */
function setAside() {
  for (const form of document.querySelectorAll("form")) {
    const draft = key(form) && drafts?.[key(form)];
    if (draft) keepInTab(key(form), draft);
  }
}

/** Who leaves before that: it stays with the tab until the next page, which knows. */
function setEarlyAside() {
  if (drafts) return;
  for (const form of early) {
    const name = key(form);
    if (name) sessionStorage.setItem(EARLY + name, JSON.stringify(draftOf(form, name)));
  }
}

const keepInTab = (name, draft) => sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));

async function load() {
  const kept = worker() && (await tell({ type: "drafts" }, { wait: PATIENCE }));
  drafts = { ...kept };
  for (const [name, draft] of inTab(PREFIX)) {
    if (kept) put(name, draft);
    else drafts[name] = draft;
  }
  for (const [name, draft] of inTab(EARLY)) {
    put(name, typedOver(drafts[name], draft));
    sessionStorage.removeItem(EARLY + name);
  }
}

/** [[name, draft]] of what stays with this tab. */
const inTab = (prefix) =>
  Object.entries(sessionStorage)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, draft]) => [name.slice(prefix.length), JSON.parse(draft)]);

const worker = () => navigator.serviceWorker?.controller;

/** Keeps a draft, or with null forgets it. */
async function put(name, draft) {
  if (!draft && drafts && !(name in drafts)) return;
  if (drafts && draft) drafts[name] = draft;
  else if (drafts) delete drafts[name];
  const kept = worker() && (await tell({ type: "draft", name, draft }, { wait: PATIENCE }));
  try {
    if (kept || !draft) sessionStorage.removeItem(PREFIX + name);
    else keepInTab(name, draft);
  } catch {
    // A full disk: install.js says so; what is typed is still on the screen.
  }
}

const addressOf = (form) => new URL(form.getAttribute("hx-post") ?? form.getAttribute("action") ?? "", location.href).pathname;

/** The name of a form's draft, or null for a form whose text is not kept. */
function key(form) {
  const about = told(form);
  return hasDraft(about) ? draftName(about) : null;
}

const told = (form) => ({ method: form.method, path: addressOf(form), fields: [...form.elements], secret: form.querySelector(SECRET) !== null });

/** What is kept for a form. What the release before kept for it is taken over under today's name. */
function keptFor(form) {
  const name = key(form);
  const former = name && formerName(told(form));
  if (former && drafts?.[former]) {
    if (!drafts[name]) put(name, drafts[former]);
    put(former, null);
  }
  return name && drafts?.[name];
}

const typed = (form) => [...form.elements].filter((field) => field.name && !["hidden", "submit", "button", "file", "password"].includes(field.type));

function keep(form) {
  const name = key(form);
  if (name) put(name, draftOf(form, name));
}

function draftOf(form, name) {
  const values = typed(form)
    .filter((field) => !isTick(field) || field.checked)
    .map((field) => [field.name, field.value]);
  return { when: Date.now(), values, was: wasIn(form, name) };
}

/** A form that came back with what was sent does not know any more what it held before: its draft does. */
function wasIn(form, name) {
  const isBack = name === answered || form.querySelector("[data-error]");
  if (!before.has(form)) before.set(form, (isBack && drafts?.[name]?.was) || nowIn(form));
  return before.get(form);
}

const nowIn = (form) => opened(typed(form).map((field) => ({ name: field.name, ticks: isTick(field), set: field.defaultChecked, first: firstOf(field) })));
const isTick = (field) => ["checkbox", "radio"].includes(field.type);

function firstOf(field) {
  if (isTick(field)) return field.value;
  if (field.tagName !== "SELECT") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

/** The card filled it in (templates/card/field.html): whoever was half-way through writing knows better. */
const fromCard = (field) => field.hasAttribute("data-from-card");

function restoreAll(root) {
  for (const form of root.querySelectorAll("form")) restore(form);
}

function restore(form) {
  if (form.dataset.restored || !typed(form).length) return;
  const kept = keptFor(form);
  if (!kept) return;
  form.dataset.restored = "yes";
  const values = byName(kept.values);
  const may = mayFill(kept, nowIn(form));
  const knowsBetter = !kept.was || isForCard(addressOf(form));
  let fills = false;
  for (const field of typed(form)) {
    const mine = values.get(field.name) ?? [];
    if (isTick(field)) {
      if (knowsBetter || may(field.name)) field.checked = mine.includes(field.value);
      continue;
    }
    const own = mine.shift();
    if (own === undefined || (field.value && !fromCard(field) && !may(field.name))) continue;
    fills ||= field.value !== "" && field.value !== own;
    field.value = own;
  }
  if (fills && !isForCard(addressOf(form))) saySo(form);
}

/** What was kept stands where something else is in force: whoever comes back must not take it for saved. */
function saySo(form) {
  const words = document.querySelector("[data-warning]")?.dataset.draft;
  if (!words) return;
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "status");
  line.textContent = words;
  form.prepend(line);
}

/** A form that was sent as a page of its own: it was accepted when the page that came is a good one, and not the sign-in page. */
function settleSent() {
  const name = sessionStorage.getItem(SENT);
  const looks = sessionStorage.getItem(LOOKS);
  sessionStorage.removeItem(LOOKS);
  if (!name) return;
  sessionStorage.removeItem(SENT);
  answered = name;
  const [arrival] = performance.getEntriesByType("navigation");
  const good = arrival?.responseStatus ? arrival.responseStatus < 400 : !document.querySelector("[data-error]");
  if (good && !looks && location.pathname !== "/login") put(name, null);
}

/** Signing out takes the drafts along only when it succeeded: then the page that arrives knows nobody. */
function settleLeaving() {
  const leaving = sessionStorage.getItem(LEAVING);
  sessionStorage.removeItem(LEAVING);
  if (leaving && document.body.hasAttribute("data-signed-out") && !document.querySelector("[data-error]")) forgetAll();
}

/** What was typed for a card that is no longer this person's, as [field, text]: taken out, to be shown once. */
export function takeDrafts(card) {
  const found = Object.entries(drafts ?? {}).filter(([name]) => isOfCard(name, card));
  for (const [name] of found) put(name, null);
  return found.flatMap(([, { values }]) => values);
}

function forgetAll() {
  for (const name of Object.keys(drafts)) put(name, null);
}
