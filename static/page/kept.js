/**
 * What a person typed is never lost: not by a reload, an error, an expired session, a dead network or a browser that is closed.
 *
 * Every form that is sent to a card or begins one, and a guide that is being written, has a draft on this phone, from the first letter until it is
 * accepted. A draft belongs to the form's address and its kind; it leaves after a day, and with signing out. The worker keeps it, sealed. Without one it
 * stays with the tab and no longer: nothing that somebody typed lies open on the disk. Passwords and codes are never kept.
 */
import { sentForm } from "./sent.js";
import { tell } from "./worker.js";

const PREFIX = "motorkap-draft ";
const SENT = "motorkap-sent";
const LEAVING = "motorkap-leaving";
const PATIENCE = 3_000;
const KEPT = /^\/(cards|missing|visits)(\/|$)|^\/guides\/mine\/new$/;
/** What says which of the forms at one address this is. */
const TELLING = ["kind", "for", "offer", "alarm", "plan", "entry", "situation", "from", "to", "organisation"];

/** {name: {when, values}} as far as this page knows; null until the worker has said which there are. */
let drafts = null;

export function keepForms() {
  const loaded = load().then(() => {
    settleLeaving();
    settleSent();
    restoreAll(document);
  });
  // What is typed before the drafts are here must not take the place of a draft that has not been put back yet.
  const whenLoaded = ({ target: { form } }) => form && (drafts ? keep(form) : loaded.then(() => keep(form)));
  document.addEventListener("input", whenLoaded);
  document.addEventListener("change", whenLoaded);
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action, location.href).pathname === "/logout") return sessionStorage.setItem(LEAVING, "yes");
    if (!target.hasAttribute("hx-post") && key(target)) sessionStorage.setItem(SENT, key(target));
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const form = sentForm(detail.ctx);
    if (form && key(form) && detail.ctx.response?.status < 400) put(key(form), null);
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

const keepInTab = (name, draft) => sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));

async function load() {
  const kept = worker() && (await tell({ type: "drafts" }, { wait: PATIENCE }));
  const aside = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  drafts = { ...kept };
  for (const name of aside) {
    const draft = JSON.parse(sessionStorage.getItem(name));
    if (kept) put(name.slice(PREFIX.length), draft);
    else drafts[name.slice(PREFIX.length)] = draft;
  }
}

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

/** The name of a form's draft, or null for a form whose text is not kept. */
function key(form) {
  if (form.method !== "post" || form.querySelector("input[type=password]")) return null;
  const { pathname } = new URL(form.getAttribute("hx-post") ?? form.action, location.href);
  if (!KEPT.test(pathname)) return null;
  const parts = TELLING.map((name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value ?? "");
  // What is ticked in a guide belongs to the version that was read.
  const version = form.querySelector("input[type=hidden][name=version]");
  return [pathname, ...parts, ...(version ? [version.value] : [])].join(" ");
}

const typed = (form) => [...form.elements].filter((field) => field.name && !["hidden", "submit", "button", "file", "password"].includes(field.type));

function keep(form) {
  const name = key(form);
  if (!name) return;
  const values = typed(form)
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  put(name, { when: Date.now(), values });
}

/** The card filled it in (templates/card/field.html): whoever was half-way through writing knows better. */
const fromCard = (field) => field.hasAttribute("data-from-card");

function restoreAll(root) {
  for (const form of root.querySelectorAll("form")) restore(form);
}

function restore(form) {
  if (form.dataset.restored || !typed(form).length) return;
  const name = key(form);
  const kept = name && drafts?.[name];
  if (!kept) return;
  form.dataset.restored = "yes";
  const values = new Map();
  for (const [field, value] of kept.values) values.set(field, [...(values.get(field) ?? []), value]);
  for (const field of typed(form)) {
    const mine = values.get(field.name);
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(mine?.includes(field.value));
    else if (mine?.length && (!field.value || fromCard(field))) field.value = mine.shift();
  }
}

/** A form that was sent as a page of its own: it was accepted when the page that came is a good one, and not the sign-in page. */
function settleSent() {
  const name = sessionStorage.getItem(SENT);
  if (!name) return;
  sessionStorage.removeItem(SENT);
  const [arrival] = performance.getEntriesByType("navigation");
  const good = arrival?.responseStatus ? arrival.responseStatus < 400 : !document.querySelector("[data-error]");
  if (good && location.pathname !== "/login") put(name, null);
}

/** Signing out takes the drafts along only when it succeeded: then the page that arrives knows nobody. */
function settleLeaving() {
  const leaving = sessionStorage.getItem(LEAVING);
  sessionStorage.removeItem(LEAVING);
  if (leaving && document.body.hasAttribute("data-signed-out") && !document.querySelector("[data-error]")) forgetAll();
}

/** What was typed for a card that is no longer this person's, as [field, text]: taken out, to be shown once. */
export function takeDrafts(card) {
  const found = Object.entries(drafts ?? {}).filter(([name]) => name.startsWith(`/cards/${card}/`));
  for (const [name] of found) put(name, null);
  return found.flatMap(([, { values }]) => values);
}

function forgetAll() {
  for (const name of Object.keys(drafts)) put(name, null);
}
