/** How a route is answered: from this phone, or from the network with a plain answer when there is none. */
import always from "../headers.json";
import policy from "../policy.json";
import { forget } from "./folded.js";
import { needsPin } from "./lock.js";
import { render } from "./render.js";
import { message } from "./screen.js";
import { frame, inDoubt, nobodysFrame, session } from "./session.js";
import { shareWithin } from "./sharing.js";
import { standing } from "./silence.js";
import { within } from "./within.js";

const FIRST_ROUND = 5_000;
const PATIENCE = 8_000;

/** Markup of the worker is somebody's and of this moment: no cache keeps it. What browsers are told is Flask's own, from the same files. */
const HEADERS = {
  ...always,
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": Object.entries(policy).map(([name, sources]) => `${name} ${sources.join(" ")}`).join("; "),
  "X-Motorkap": "phone",
};

export function html({ template, context }, { status = 200, headers = {} } = {}) {
  return new Response(render(template, context), { status, headers: { ...HEADERS, ...headers } });
}

export const seeOther = (path) => Response.redirect(new URL(path, self.location.origin), 303);

export const isFragment = (request) => request.headers.get("HX-Request") === "true";

/** To the card's page: also for a fragment, which htmx then follows. */
export function toCard(request, card) {
  return isFragment(request) ? new Response(null, { status: 200, headers: { "HX-Redirect": `/cards/${card}` } }) : seeOther(`/cards/${card}`);
}

/** Whether this phone keeps cards for its person: not before there is a PIN, where there has to be one. Until then the server answers. */
async function keeper() {
  const held = await session();
  return held?.me.pin_required && needsPin(held.me) ? null : held;
}

/** Strategy "local". A handler may return null: then this phone does not know, and the server is asked. So it is when this phone cannot remember. */
export async function fromPhone(event, route, url, again = false) {
  const { request } = event;
  const held = await keeper().catch(forgetful);
  try {
    const shut = held && (await whyShut(event, held));
    if (shut) return plain(held, request, shut);
    if (held && !(await hasShared(held))) await firstRound(event);
    const copy = held && request.method === "POST" ? request.clone() : request;
    const known = held && ((await hasShared(held)) || request.method === "POST");
    const answer = known && (await route.handler({ event, request: copy, url, params: route.params, held }));
    if (answer) return answer;
  } catch (error) {
    // Somebody signed in or out while this was read, and the log of before was closed under it: what is asked now is asked of the log of now.
    if (held?.log.closed && request.method === "GET" && !again) return fromPhone(event, route, url, true);
    console.error(error);
    return (request.method === "GET" && (await fromServer(event))) || plain(held, request, reasonOf(error));
  }
  return fromNetwork(event, {}, url);
}

/** What the disk said, as a word of the catalogue. */
export const reasonOf = (error) => (error?.name === "QuotaExceededError" ? "full" : "trouble");

/** The server's own answer to what was asked, or null when it gives none in time. What was posted must not have been read yet. */
export async function fromServer({ request }) {
  try {
    const answer = await within(PATIENCE, fetch(request));
    return answer && answer.status < 500 ? answer : null;
  } catch {
    return null;
  }
}

function forgetful(error) {
  console.warn("this browser keeps nothing", error);
  return null;
}

/** Too long without contact: why nothing is shown, or null. Who comes to a page gets one try to make contact, which opens it. */
async function whyShut(event, held) {
  if ((await standing(held.me)) === "open") return null;
  if (event.request.mode === "navigate") await firstRound(event);
  const now = await standing(held.me);
  if (now !== "erase") return now === "open" ? null : "locked";
  if (await hasShared(held)) {
    await forget(held.log);
    await held.log.forgetShared();
  }
  return "erased";
}

/** Before the first round this phone knows none of its person's cards; the server does. */
const hasShared = async ({ log }) => (await log.meta("upto")) !== undefined;

const firstRound = (event) => shareWithin(event, FIRST_ROUND);

/** Strategy "lock": of this phone alone, and no business of the server's. */
export async function fromLock(event, route, url) {
  try {
    const answer = await route.handler({ event, request: event.request, url, params: route.params });
    return answer ?? fetch(event.request);
  } catch (error) {
    console.error(error);
    return plain(null, event.request, reasonOf(error));
  }
}

/** Strategy "net". `route.handler` hears how it went; `route.offline` says what to answer without a network. */
export async function fromNetwork(event, route, url) {
  const { request } = event;
  const copy = route.offline && request.method === "POST" ? request.clone() : request;
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    const held = await session().catch(() => null);
    return (held && (await route.offline?.({ held, request: copy, url }))) || unreached(held, request);
  }
  await route.handler?.({ event, answer });
  return answer;
}

/** The server was needed, and there is no network. */
export const unreached = (held, request) => plain(held, request, inDoubt() ? "whose" : "needs_network");

/** A plain answer in words: what is the matter, and what happened to what was typed. `what` is a word of the catalogue: message.<what>. */
export async function plain(held, request, what) {
  const base = await (held ? frame(held) : nobodysFrame());
  const status = { full: 507, trouble: 500, needs_network: 503, whose: 503, not_here: 404, sign_out: 503, code: 503, locked: 423, erased: 423 }[what];
  return html(message({ frame: base, what, fragment: isFragment(request) }), { status });
}
