/** The screens of the lock: the PIN, choosing one, and what can be done while the phone is locked. The rules are in lock.js. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { raised, raiseLocked } from "./alarms.js";
import { html, isFragment, seeOther } from "./answer.js";
import { bytes } from "./base64.js";
import { recall } from "./device.js";
import * as lock from "./lock.js";
import { openLog } from "./log.js";
import { frame, leave, lockNow, nobodysFrame, session, standing } from "./session.js";
import { shownAt } from "./shown_at.js";
import * as silence from "./silence.js";
import { shareSoon, shareWhenBack, shareWithin } from "./sharing.js";
import { isSignedOut } from "./sign.js";
import { objection, TRIES, waitLeft } from "./vault.js";
import { fieldsOf, writeEntries } from "./writing.js";

const PATIENCE = 3_000;
const LOCKED = 423;
const CARD = /^\/cards\/([0-9a-f-]{36})/;
const MAY_PASS = /^\/(login|logout|invitations|static|healthz)(\/|$)/;

/**
 * What is answered instead of the page while the phone is locked, or null. The address stays, so that unlocking comes back to it. What was typed
 * stays too: a form that is not accepted keeps its draft.
 */
export async function barred(event, url) {
  if (MAY_PASS.test(url.pathname)) return null;
  const { state, me } = await standing();
  if (state === "choose") return chooseFirst(event.request, url, me);
  if (!isShut(state)) return null;
  const posted = event.request.method !== "GET";
  if (isFragment(event.request)) return new Response(null, { status: LOCKED, headers: { "HX-Redirect": comesBackTo(event.request.referrer, url) } });
  const next = posted ? comesBackTo(event.request.referrer, url) : url.pathname + url.search;
  return unlockPage(me, { next, kept: posted }, posted ? LOCKED : 200);
}

/** Without its key, whether a PIN still opens it or only signing in does. */
const isShut = (state) => state === "locked" || state === "sealed";

/** Nothing is kept here before there is a PIN: the question comes once, and whoever puts it off works on the server. */
function chooseFirst(request, url, me) {
  if (lock.isPutOff(me) || request.mode !== "navigate" || request.method !== "GET") return null;
  return seeOther(`/pin?next=${encodeURIComponent(url.pathname + url.search)}`);
}

/** An address that can be asked for again: where the form stood that was sent. */
function comesBackTo(referrer, url) {
  const from = URL.canParse(referrer) ? new URL(referrer) : url;
  const { pathname, search } = from.origin === url.origin ? from : url;
  return safe(pathname + search);
}

/** A path of ours, and one that shows something. */
function safe(path) {
  const url = URL.canParse(path ?? "", self.location.origin) ? new URL(path, self.location.origin) : null;
  if (url?.origin !== self.location.origin || /^\/(unlock|lock|pin|forgotten)(\/|$)/.test(url.pathname)) return "/";
  return shownAt(url);
}

async function unlockPage(me, { next, error = null, kept = false }, status) {
  const vault = await lock.vaultOf(me.person);
  const log = await openLog(me.person, null);
  if ((await silence.standing(me)) === "erase") await log.forgetShared({ drafts: false });
  const [counts, alarms] = await Promise.all([log.counts(), raised(log)]);
  log.close();
  const [card] = CARD.exec(next)?.slice(1) ?? [(await recall("card")) ?? null];
  const wait = waitLeft(vault, Date.now());
  const context = {
    ...(await nobodysFrame(me)),
    ...{ who: me.name, counts, next, error, kept, sealed: !vault.pin, prf: vault.passkeys?.length ? prfOf(me, vault) : null },
    wait: wait ? { minutes: wait > 90_000 ? Math.ceil(wait / 60_000) : 0, seconds: Math.ceil(wait / 1_000) } : null,
    left: vault.wrong >= 3 ? TRIES - vault.wrong : null,
    alarm: card && me.locked_alarm ? { card, id: newId() } : null,
    alarms,
  };
  return html({ template: "lock/unlock.html", context }, { status, headers: { "X-Motorkap": "locked" } });
}

/** What the page asks a passkey for (static/page/unlock.js): of which server, for which vault, and which ones open it already. */
const prfOf = (me, vault) => ({ rp: me.rp_id, vault: vault.id, credentials: (vault.passkeys ?? []).map(({ credential }) => credential).join(" ") });

/** The bytes of a posted PRF, or null when they are none. */
function prfBytes(text) {
  try {
    const found = bytes(text);
    return found.length === 32 ? found : null;
  } catch {
    return null;
  }
}

const withoutSpaces = (typed) => typed.replace(/\s/g, "");

export async function unlock({ event, request }) {
  const { state, me } = await standing();
  const { pin = [""], next = ["/"], credential: [credential] = [], prf: [prf] = [] } = await fieldsOf(request);
  if (state !== "locked") return seeOther(me ? safe(next[0]) : "/login");
  const typed = withoutSpaces(pin[0]);
  const byPasskey = async (given) => (given && (await lock.unlockByPasskey(me, credential, given)) ? null : "passkey");
  const error = credential ? await byPasskey(prfBytes(prf)) : typed ? await lock.unlock(me, typed) : "required";
  if (error) return unlockPage(me, { next: safe(next[0]), error }, 422);
  shareSoon(event, "asked");
  return seeOther(safe(next[0]));
}

export async function lockByHand() {
  await lockNow();
  return seeOther("/");
}

/** Signing in anew is the way back. First the server must have let go of the session: else nobody could sign in, and nothing is erased for nothing. */
export async function forgotten({ request }) {
  const { me } = await standing();
  const { next = ["/"] } = await fieldsOf(request);
  if (!me) return seeOther("/login");
  const answer = await fetch("/logout", { method: "POST", redirect: "manual" }).catch(() => null);
  if (!answer || !isSignedOut(answer)) return unlockPage(me, { next: safe(next[0]), error: answer ? "server" : "network" }, 503);
  await lock.forgetPin(me.person);
  await leave({ drafts: false });
  return seeOther(`/login?next=${encodeURIComponent(safe(next[0]))}`);
}

/** Press and hold on the locked phone, its PIN spent or not; also right after it was unlocked on another page. */
export async function alarm({ event, request, params }) {
  const { state, me } = await standing();
  const { id: [asked] = [], next = [`/cards/${params.card}`] } = await fieldsOf(request);
  const id = isUuid7(asked) ? asked : newId();
  const held = await session();
  if (!me) return seeOther("/login");
  if (held) await writeEntries(held, { event, request }, params.card, [{ id, kind: "alarm.raised", body: {} }]);
  else if (isShut(state) && me.locked_alarm) {
    await raiseLocked(me, params.card, id);
    shareWhenBack(self.registration);
    await shareWithin(event, PATIENCE);
  }
  return seeOther(safe(next[0]));
}

export async function pinForm({ url }) {
  const { state, me } = await standing();
  if (state === "nobody") return null;
  if (state !== "open" && state !== "choose") return unlockPage(me, { next: "/settings" }, 200);
  return pinPage({ next: safe(url.searchParams.get("next") ?? "/settings"), errors: {} }, 200);
}

async function pinPage({ next, errors }, status) {
  const held = await session();
  const vault = await lock.vaultOf(held.me.person);
  const names = ["current", "pin", "again", "passkey", "form"].filter((name) => errors[name]);
  const context = {
    ...(await frame(held)),
    ...{ next, errors, has_pin: Boolean(vault.pin), required: Boolean(held.me.pin_required), asked: lock.needsPin(held.me) },
    problems: names.map((field) => ({ field, code: errors[field] })),
    idle_min: lock.idleMinutes(held.me),
    prf: vault.pin && held.me.rp_id ? prfOf(held.me, vault) : null,
  };
  return html({ template: "lock/pin.html", context }, { status });
}

export async function choosePin({ event, request }) {
  const held = await session();
  if (!held) return seeOther("/");
  const typed = Object.fromEntries(Object.entries(await fieldsOf(request)).map(([name, [value]]) => [name, value.trim()]));
  const { pin = "", again = "", current = "", next } = typed;
  const hasPin = Boolean((await lock.vaultOf(held.me.person)).pin);
  const errors = {
    ...(hasPin && !current ? { current: "required" } : {}),
    ...(pin ? (objection(pin) ? { pin: objection(pin) } : {}) : { pin: "required" }),
    ...(again !== pin ? { again: "differs" } : {}),
  };
  if (!Object.keys(errors).length) {
    const { why } = await lock.choosePin(held.me, pin, current);
    if (why === "network") errors.form = "network";
    else if (why) errors.current = why;
  }
  if (Object.keys(errors).length) return (await session()) ? pinPage({ next: safe(next), errors }, 422) : seeOther("/");
  shareSoon(event, "asked");
  return seeOther(safe(next));
}

/** A passkey opens this phone from now on, beside the PIN. */
export async function addPasskey({ request }) {
  const held = await session();
  if (!held) return seeOther("/");
  const { pin = [""], next = ["/settings"], credential: [credential] = [], prf: [prf] = [] } = await fieldsOf(request);
  const given = credential && prf ? prfBytes(prf) : null;
  const typed = withoutSpaces(pin[0]);
  const why = !typed ? "required" : given ? await lock.addPasskey(held.me, typed, credential, given) : "no_passkey";
  if (why) return (await session()) ? pinPage({ next: safe(next[0]), errors: { passkey: why } }, 422) : seeOther("/");
  return seeOther(safe(next[0]));
}

export async function removePasskeys({ request }) {
  const held = await session();
  const { next = ["/settings"] } = await fieldsOf(request);
  if (held) await lock.removePasskeys(held.me);
  return seeOther(safe(next[0]));
}

export async function pinLater({ request }) {
  const { me } = await standing();
  const { next = ["/"] } = await fieldsOf(request);
  if (me) await lock.putOff(me);
  return seeOther(safe(next[0]));
}
