/**
 * Who this phone is working for, and what every screen needs to know about them.
 *
 * The session itself is the server's (a cookie that scripts cannot read). The worker keeps what `GET /me.json` said, so that the phone also
 * works for its person without a network. An expired session takes nothing away: the line says "sign in again", the cards stay.
 */
import { isOnDuty } from "../card/access.js";
import { adoptAlarms } from "./alarms.js";
import { recall, remember } from "./device.js";
import { NOTHING } from "./directory_screen.js";
import { forgetAll } from "./folded.js";
import * as lock from "./lock.js";
import { eraseLog, openLog } from "./log.js";
import { coverNotices, forgetNotices } from "./notices.js";
import { sealer } from "./seal.js";
import { hadContact } from "./silence.js";
import { keptUntil } from "./unconfirmed.js";
import { spoken } from "./words.js";

const PATIENCE = 4_000;
/** A server that was silent is not asked again by every screen that asks whose phone this is. */
const QUIET = 3_000;
const SILENCE = 5_000;
/** What is being answered at the moment of locking still reads its log. */
const GRACE = 3_000;

/** What of `/me.json` this phone works with. */
const WHO = ["device", "org", "name", "role", "offline_lock_h", "offline_erase_h", "rp_id", "pin_required", "pin_idle_min", "locked_alarm", "locked_bonnet", "feedback_after_h"];

let current = null;
let opening = null;
let doubtful = null;
let doubts = 0;
let silentAt = -Infinity;
let state = { why: null, shared: null, tried: null };
let since = null;

/**
 * {me, log, offset} of the person who works here, or null when nobody does, or nobody knows who (then Flask answers), or the phone is locked (then unlock.js
 * does).
 */
export async function session() {
  doubtful ??= Boolean(await recall("doubt"));
  if (doubtful && Math.abs(Date.now() - silentAt) > QUIET) await learn();
  if (doubtful) return null;
  if (current && !lock.isOpen()) await lockNow();
  if (current && !current.log.closed) return current;
  const me = await recall("me");
  if (!me) return (current = null);
  opening ??= openFor(me).finally(() => (opening = null));
  return opening;
}

async function openFor(me) {
  const key = await lock.keyOf(me);
  if (!key) return (current = null);
  const log = await openLog(me.person, sealer(key));
  await adoptAlarms(log);
  if (!(await log.meta("epoch"))) await log.setMeta("epoch", me.epoch);
  // Also when somebody else came in between: a phone of which all cookies were cleared is another device for each of its people.
  await log.moveToDevice(me.person, me.device);
  const [offset, last] = await Promise.all([log.meta("offset"), log.meta("state")]);
  current = { me, log, offset: offset ?? 0 };
  state = last ?? { why: null, shared: null, tried: null };
  return current;
}

/**
 * How the phone stands: {state, me}. "nobody" (also while it is in doubt who) | "open" | "choose" (no PIN yet, where there has to be one) | "locked" | "sealed" (the PIN is spent or
 * forgotten: only signing in opens it).
 */
export async function standing() {
  const held = await session();
  if (held) return { state: lock.needsPin(held.me) ? "choose" : "open", me: held.me };
  const me = doubtful ? null : await recall("me");
  if (!me) return { state: "nobody", me: null };
  const vault = await lock.vaultOf(me.person);
  return { state: vault?.pin ? "locked" : "sealed", me };
}

/** The key goes, and with it everything in memory that it opened. A phone without a PIN has no lock. */
export async function lockNow() {
  if (!(await lock.lock()) && lock.isOpen()) return;
  closeSoon(current?.log);
  current = null;
  forgetAll();
  coverNotices().catch(console.warn);
}

function closeSoon(log) {
  if (log) setTimeout(() => log.close(), GRACE);
}

/**
 * Asks the server whose session this is. "same" | "other" | "nobody" (401) | "revoked" (this device) | "unknown" (no network, or the server cannot say, or
 * somebody signed in since it was asked).
 */
export async function learn() {
  const since = doubts;
  let reply;
  try {
    reply = await fetch("/me.json", { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return unknown(since);
  }
  if (reply.status === 401) return settle(null, (await reply.json().catch(() => null))?.error === "revoked" ? "revoked" : "nobody", since);
  if (!reply.ok || !reply.headers.get("content-type")?.includes("json")) return unknown(since);
  const me = await reply.json().catch(() => null);
  return me ? settle(me, "same", since) : unknown(since);
}

/** A worker that only just began saw nobody sign in: without an answer the phone works for whom it did. */
async function unknown(since) {
  const begun = (await recall("doubt")) === "begun";
  if (since !== doubts) return "unknown";
  silentAt = Date.now();
  if (begun) await undoubt();
  return "unknown";
}

/** What the server said, unless it was asked before the last doubt arose: then it says nothing about it. */
async function settle(me, outcome, since) {
  const known = await recall("me");
  const begun = (await recall("doubt")) === "begun";
  if (since !== doubts) return "unknown";
  if (begun && outcome === "nobody") await leave();
  if (since !== doubts) return "unknown";
  await undoubt();
  if (!me) return outcome;
  await hadContact(true);
  const same = known?.person === me.person;
  if (same && WHO.every((field) => known[field] === me[field])) return "same";
  await remember("me", me);
  if (same && known.device === me.device && current) {
    current.me = me;
    return "same";
  }
  current?.log.close();
  current = null;
  if (!same) lock.letGo();
  if (known && !same) await forgetNotices().catch(console.warn);
  await session();
  return same ? "same" : "other";
}

/** Whether it is in doubt who works here, as far as `session` looked. */
export const inDoubt = () => Boolean(doubtful);

function undoubt() {
  doubtful = false;
  return remember("doubt", false);
}

/**
 * Somebody may have signed in: ask before showing anybody's cards. A worker that has only just `begun` did not see anybody sign out either, so when there
 * is nobody now, it is as if they just did.
 */
export function doubt({ begun = false } = {}) {
  doubtful = true;
  doubts += 1;
  silentAt = -Infinity;
  return remember("doubt", begun ? "begun" : true);
}

/**
 * Does what may sign somebody in. While it is under way it is in doubt who works here, and anew once it was answered: what was asked before then knows
 * nothing of it. Without an answer nobody came.
 */
export async function signingIn(ask) {
  const before = await recall("doubt").catch(() => true);
  await doubt().catch(console.warn);
  const since = doubts;
  let answer;
  try {
    answer = await ask();
  } catch (error) {
    if (!before && since === doubts) await undoubt().catch(console.warn);
    throw error;
  }
  await doubt().catch(console.warn);
  return answer;
}

/** Signing out: what is shared leaves the phone, what is not stays, sealed, until its writer is back. Works on a locked phone too. */
export async function leave({ drafts = true } = {}) {
  const me = await nobodyHere();
  if (!me) return;
  const log = await openLog(me.person, null);
  await log.forgetShared({ drafts });
  log.close();
}

/** This device was revoked: everything of this person leaves the phone, and what opened it. What was not shared is handed over by now. */
export async function leaveForGood() {
  const me = await nobodyHere();
  if (me) await erasePerson(me.person);
}

export async function erasePerson(person) {
  await eraseLog(person);
  await lock.forgetVault(person);
}

/** From here on nobody works on this phone. Who did, or null. */
async function nobodyHere() {
  const me = await recall("me");
  await Promise.all([remember("me", null), remember("card", null), forgetNotices().catch(console.warn)]);
  current?.log.close();
  current = null;
  forgetAll();
  lock.letGo();
  return me;
}

export const now = () => Date.now() + (current?.offset ?? 0);

/** The clock of this phone was `off` by so much (drift.js). */
export async function clockCorrected(off) {
  if (!current) return;
  current.offset += off;
  await current.log.setMeta("offset", current.offset);
}

/** How the last round of sharing went, for the line on every screen. True when it went well after one that did not. */
export async function shared(why) {
  const before = state;
  state = { why, shared: why ? state.shared : now(), tried: now() };
  await current?.log.setMeta("state", state);
  return !why && Boolean(before.why);
}

/** The stream brought something: what came in, came in now, whatever the last round heard. */
export function heard() {
  if (state.why) state = { ...state, shared: now() };
}

/** Since when a round is under way, or null. */
export function trying(moment) {
  since = moment;
}

/** Why something is not shared: what a round that is under way hears, or else how the last one went. */
function whyNot() {
  if (since === null) return state.why ?? "later";
  return Date.now() - since < SILENCE ? (state.why ?? "trying") : "server";
}

/** What a screen gets that shows nobody's cards; `me` is whose phone it is, if anybody's. */
export async function nobodysFrame(me = null) {
  const lang = await spoken((await recall("lang").catch(() => null)) ?? me?.lang);
  return { viewer: null, now: now(), lang, people: {}, organisations: {}, directory: NOTHING, sync: null };
}

/** What every screen gets: who looks, what time it is, in which language, who is who, and how the sharing goes. */
export async function frame({ me, log }) {
  const [people, colleagues, organisations, directory, guides, duty, lang, counts, unconfirmed] = await Promise.all([
    log.meta("people"),
    log.meta("colleagues"),
    log.meta("organisations"),
    log.meta("directory"),
    log.meta("guides"),
    log.meta("duty"),
    recall("lang"),
    log.counts(),
    log.meta("unconfirmed"),
  ]);
  const { person, org, domain, role, name } = me;
  const { unsent, since: written, refused, waiting, giving } = counts;
  return {
    viewer: { person, org, domain, role, name },
    now: now(),
    lang: await spoken(lang ?? me.lang),
    people: { ...colleagues, ...people, [person]: { name, org, function: me.function ?? role } },
    stays_when_locked: Boolean(me.locked_bonnet),
    feedback_after_h: me.feedback_after_h ?? 0,
    organisations: Object.fromEntries((organisations ?? []).map((one) => [one.id, one])),
    directory: directory ?? NOTHING,
    guides: guides ?? [],
    duty: duty ? { ...duty, on: isOnDuty(duty.rule, duty.until, now()) } : null,
    sync: {
      unsent,
      giving,
      since: unsent ? written : state.shared,
      why: unsent || giving ? whyNot() : state.why,
      online: state.why !== "offline",
      refused,
      waiting,
      tried: state.tried ?? null,
      unconfirmed: keptUntil(unconfirmed, me),
    },
  };
}
