/**
 * Passkeys: the buttons `[data-passkey]` of the few pages that have them. What shows a passkey (passkey_show.js, of the sign-in page) and what makes one
 * (passkey_make.js) are bundles of their own, so that nobody loads more than their page needs. The words are on the page; what the server refuses it
 * says itself.
 */
import { browserSupportsWebAuthn } from "@simplewebauthn/browser";

/** What a browser says went wrong (WebAuthn 5.1.3 and 5.1.4, as the library names it), as the words of the page for it. */
const PROBLEMS = {
  NotAllowedError: "cancelled",
  InvalidStateError: "held",
  ConstraintError: "lock",
};

/** The server's no, with its sentence, or the name of a sentence of the page. */
class Refused extends Error {
  constructor(told) {
    super(told.said ?? told.words);
    Object.assign(this, told);
  }
}

/** Every button of the page does this deed: `begins` at the tap, `failed` when it came to nothing. Answers whether this browser can. */
export function passkeyButtons(deed, { begins, failed } = {}) {
  if (!browserSupportsWebAuthn()) return false;
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => tapped(place, deed, begins, failed));
  }
  for (const hint of document.querySelectorAll("[data-passkey-without]")) hint.hidden = true;
  return true;
}

async function tapped(place, deed, begins, failed) {
  begins?.();
  say(place, "");
  try {
    await perform(place, deed);
  } catch (problem) {
    explain(place, problem);
    failed?.();
  }
}

/** Ask the server, then the authenticator, then the server again; and on to where it says. */
export async function perform(place, deed) {
  const optionsJSON = await call(place.dataset.ask, told(place));
  const credential = await deed(optionsJSON);
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

export function explain(place, problem) {
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
