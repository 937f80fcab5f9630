/**
 * Passkeys: the buttons `[data-passkey]` of the few pages that have them, and the passkeys that a browser offers in the field of the address. A bundle of
 * its own, which only those pages load. The words are on the page; what the server refuses it says itself.
 */
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  platformAuthenticatorIsAvailable,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";

const DEEDS = { make: startRegistration, show: startAuthentication };

/** What a browser says went wrong (WebAuthn 5.1.3 and 5.1.4, as the library names it), as the words of the page for it. */
const PROBLEMS = {
  NotAllowedError: "cancelled",
  InvalidStateError: "held",
  ConstraintError: "lock",
};

/** A question in a field lives as long as its challenge (store/challenges.py); it is asked anew before that ends. */
const ASK_AGAIN = 4 * 60 * 1000;

/** The server's no, with its sentence, or the name of a sentence of the page. */
class Refused extends Error {
  constructor(told) {
    super(told.said ?? told.words);
    Object.assign(this, told);
  }
}

let busy = false;
let waitInField = null;

function start() {
  if (!browserSupportsWebAuthn()) return;
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => tapped(place));
  }
  for (const hint of document.querySelectorAll("[data-passkey-without]")) hint.hidden = true;
  sayWhatThisDeviceCan();
  offerInField();
}

/** A button ends what waits in the field; when it came to nothing, that waits again. */
async function tapped(place) {
  busy = true;
  say(place, "");
  try {
    await perform(place);
  } catch (problem) {
    explain(place, problem);
    waitInField?.();
  } finally {
    busy = false;
  }
}

/** Ask the server, then the authenticator, then the server again; and on to where it says. */
async function perform(place, more = {}) {
  const optionsJSON = await call(place.dataset.ask, told(place));
  const credential = await DEEDS[place.dataset.passkey]({ optionsJSON, ...more });
  const { next } = await call(place.dataset.send, { ...told(place), credential });
  location.assign(next);
}

/** What goes along: where to go afterwards, and what was typed about who this is. Never a password. */
function told({ dataset: { onward, fields } }) {
  const form = fields && document.querySelector(fields);
  const typed = form && { name: form.elements.name?.value ?? "", email: form.elements.email?.value ?? "" };
  return { ...(onward && { next: onward }), ...(typed && { fields: typed }) };
}

async function call(path, body) {
  let reply;
  try {
    reply = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Refused({ words: "noAnswer" });
  }
  const answer = await reply.json().catch(() => ({}));
  if (reply.ok) return answer;
  if (reply.status === 429) throw new Refused({ words: "late" });
  throw new Refused(answer.said ? answer : { words: "failed" });
}

function explain(place, problem) {
  if (problem.code === "ERROR_CEREMONY_ABORTED") return;
  if (problem.onward) return location.assign(problem.onward);
  say(place, problem.said ?? place.dataset[problem.words ?? PROBLEMS[problem.name] ?? "failed"]);
  document.getElementById(`field-${problem.field}`)?.focus();
}

function say(place, sentence) {
  const said = place.querySelector("[data-passkey-said]");
  said.textContent = sentence;
  said.hidden = !sentence;
}

/** The form of the password says whether this device could make a passkey with its own lock: only then one is offered after it. */
async function sayWhatThisDeviceCan() {
  const field = document.querySelector("input[name=can_make]");
  if (field && (await platformAuthenticatorIsAvailable())) field.value = "yes";
}

/** Passkeys among what the browser fills in, without a button; it waits silently until somebody chooses one. */
async function offerInField() {
  const place = document.querySelector("[data-passkey=show]");
  if (!place || !document.querySelector("input[autocomplete$=webauthn]") || !(await browserSupportsWebAuthnAutofill())) return;
  waitInField = () => perform(place, { useBrowserAutofill: true }).catch((problem) => problem.said && explain(place, problem));
  if (!busy) waitInField();
  setInterval(() => document.visibilityState === "visible" && !busy && waitInField(), ASK_AGAIN);
}

start();
