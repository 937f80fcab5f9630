/**
 * What a person typed is never lost: not by a reload, an error, an expired session, a dead network or a browser that is closed.
 *
 * Every form that is sent to a card has a draft on this phone, from the first letter until it is accepted. A draft belongs to the form's address and
 * its kind; it leaves after a day, and with signing out. Passwords and codes are never kept.
 */
const PREFIX = "motorkap-draft ";
const SENT = "motorkap-sent";
const LEAVING = "motorkap-leaving";
const A_DAY = 24 * 60 * 60 * 1000;

export function keepForms() {
  forgetOld();
  settleLeaving();
  settleSent();
  restoreAll(document);
  document.addEventListener("input", ({ target }) => target.form && keep(target.form));
  document.addEventListener("change", ({ target }) => target.form && keep(target.form));
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action, location.href).pathname === "/logout") return sessionStorage.setItem(LEAVING, "yes");
    if (!target.hasAttribute("hx-post") && key(target)) sessionStorage.setItem(SENT, key(target));
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const form = detail.ctx?.sourceElement?.closest?.("form");
    if (form && key(form) && detail.ctx.response?.status < 400) localStorage.removeItem(key(form));
  });
  document.addEventListener("htmx:after:swap", () => restoreAll(document.getElementById("form") ?? document));
}

/** The name of a form's draft, or null for a form whose text is not kept. */
function key(form) {
  if (form.method !== "post" || form.querySelector("input[type=password]")) return null;
  const { pathname } = new URL(form.getAttribute("hx-post") ?? form.action, location.href);
  if (!pathname.startsWith("/cards")) return null;
  const parts = ["kind", "for", "offer", "alarm", "plan", "entry", "situation"].map((name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value ?? "");
  return PREFIX + [pathname, ...parts].join(" ");
}

const typed = (form) => [...form.elements].filter((field) => field.name && !["hidden", "submit", "button", "file", "password"].includes(field.type));

function keep(form) {
  const name = key(form);
  if (!name) return;
  const values = typed(form)
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  try {
    localStorage.setItem(name, JSON.stringify({ when: Date.now(), values }));
  } catch {
    // A full disk: install.js says so; what is typed is still on the screen.
  }
}

function restoreAll(root) {
  for (const form of root.querySelectorAll("form")) restore(form);
}

function restore(form) {
  if (form.dataset.restored || !typed(form).length) return;
  const name = key(form);
  const kept = name && read(name);
  if (!kept) return;
  form.dataset.restored = "yes";
  const values = new Map();
  for (const [field, value] of kept.values) values.set(field, [...(values.get(field) ?? []), value]);
  for (const field of typed(form)) {
    const mine = values.get(field.name);
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(mine?.includes(field.value));
    else if (mine?.length && !field.value) field.value = mine.shift();
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** A form that was sent as a page of its own: it was accepted when the page that came is a good one, and not the sign-in page. */
function settleSent() {
  const name = sessionStorage.getItem(SENT);
  if (!name) return;
  sessionStorage.removeItem(SENT);
  const [arrival] = performance.getEntriesByType("navigation");
  const good = arrival?.responseStatus ? arrival.responseStatus < 400 : !document.querySelector("[data-error]");
  if (good && location.pathname !== "/login") localStorage.removeItem(name);
}

/** Signing out takes the drafts along only when it succeeded: then the page that arrives knows nobody. */
function settleLeaving() {
  const leaving = sessionStorage.getItem(LEAVING);
  sessionStorage.removeItem(LEAVING);
  if (leaving && document.body.hasAttribute("data-signed-out") && !document.querySelector("[data-error]")) forgetAll();
}

/** What was typed for a card that is no longer this person's, as [field, text]: taken out, to be shown once. */
export function takeDrafts(card) {
  return drafts()
    .filter((name) => name.includes(`/cards/${card}/`))
    .flatMap((name) => {
      const { values } = read(name) ?? { values: [] };
      localStorage.removeItem(name);
      return values;
    });
}

const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

function forgetAll() {
  drafts().forEach((name) => localStorage.removeItem(name));
}

function forgetOld() {
  drafts()
    .filter((name) => !(Date.now() - read(name)?.when < A_DAY))
    .forEach((name) => localStorage.removeItem(name));
}
