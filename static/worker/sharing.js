/** The round of sync.js, with the real network, the real lock and the real pages. */
import { handInAlarms } from "./alarms.js";
import { recall } from "./device.js";
import { changed, folded } from "./folded.js";
import { createLoad } from "./load.js";
import { handOver, needsPin } from "./lock.js";
import { tellBack, tellChanged, tellStatus } from "./pages.js";
import { part } from "./parting.js";
import { postSync } from "./post.js";
import { clockCorrected, heard, learn, now, session, shared, standing, trying } from "./session.js";
import { hadContact, isTimeToAsk } from "./silence.js";
import { createSharer, shareRound } from "./sync.js";
import { within } from "./within.js";

const PATIENCE = 30_000;
const SILENCE = 5_000;
const load = createLoad({ patience: PATIENCE });
/** How a round ends in which the server answered all that was asked. */
const ANSWERED = [null, "clock", "restored"];
let asking = null;

/** An alarm does not wait for an answer that may never come: what was asked before is asked again with it, and taking it twice is no harm. */
function interrupt() {
  asking?.abort();
}

/** `post` then throws this. */
const tooLong = () => asking?.abort(new DOMException("no answer in time", "TimeoutError"));

async function post(body) {
  asking = new AbortController();
  const { signal } = asking;
  const patience = setTimeout(tooLong, PATIENCE);
  try {
    return await answerTo(body, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(patience);
    asking = null;
  }
}

async function answerTo(body, signal) {
  const reply = await postSync(body, signal);
  const answer = await reply.json().catch(() => null);
  signal.throwIfAborted();
  return { status: reply.status, answer, retryAfter: 1000 * (Number(reply.headers.get("retry-after")) || 0) };
}

/**
 * Pages draw what came or went. An entry that this phone held already and that only got its number looks the same, except on a closed card:
 * there the number says whether it was late.
 */
async function tell(log, cards, numbered) {
  for (const card of [...Object.keys(cards), ...numbered]) changed(log, card);
  tellChanged(cards);
  for (const card of numbered) {
    if (!(card in cards) && (await folded(log, card))?.closed) tellChanged({ [card]: ["card.closed"] });
  }
}

async function round(sure = false) {
  const held = (await session()) ?? (await whileLocked()) ?? (await whoever());
  if (!held) return { why: "signin" };
  if (held.why) return held;
  if (keepsNothing(held.me) && (await held.log.meta("upto")) === undefined && (await learn()) !== "revoked") return { why: "pin" };
  const told = async (cards, numbered) => {
    await tell(held.log, cards, numbered);
    tellStatus();
  };
  const outcome = await shareRound({ log: held.log, me: held.me, post, now, load, sure, told, corrected: clockCorrected });
  if (ANSWERED.includes(outcome.why)) {
    await hadContact();
    if (await isTimeToAsk()) await learn();
    await handOver(held.me);
  }
  if (outcome.why === "revoked") await part();
  if (outcome.why !== "other_person") return outcome;
  const whose = sure ? "unknown" : await learn();
  if (whose === "same" || whose === "other") return round(true);
  return { why: whose === "nobody" ? "signin" : "server" };
}

/** Who the server says works here. Where it is in doubt whether that is who did before, and the server says nothing, it is asked again later. */
async function whoever() {
  const whose = await learn();
  return (await session()) ?? (whose === "unknown" && (await recall("me")) ? { why: "offline" } : null);
}

/** Where a PIN is required, a phone without one takes in nothing. What it has from before it still hands in, and it hears whether it may be here. */
const keepsNothing = (me) => Boolean(me.pin_required) && needsPin(me);

/**
 * Without the key nothing can be read, so nothing can be shared: only an alarm goes, which is kept for that, and the phone hears whether it may still be
 * here. Null when nobody is.
 */
async function whileLocked() {
  const { state } = await standing();
  if (state !== "locked" && state !== "sealed") return null;
  const whose = await learn();
  if (whose === "revoked") {
    await part();
    return { why: "revoked" };
  }
  // An alarm does not wait for the answer to whose phone this is: whoever hands it in names themself, and /sync looks at that.
  const { me } = await standing();
  const alarms = me ? await handInAlarms(me) : "none";
  if (whose === "unknown" && alarms !== "sent") return { why: "offline" };
  return { why: alarms === "waiting" ? "server" : "locked" };
}

/** While it tries the line says so, and after a few seconds without an answer that there is none. */
async function tried() {
  trying(Date.now());
  const silence = setTimeout(tellStatus, SILENCE);
  try {
    return await round();
  } finally {
    clearTimeout(silence);
    trying(null);
  }
}

const { share } = createSharer({
  round: tried,
  locked: (fn) => navigator.locks.request("motorkap-sync", fn),
  now: () => Date.now(),
  async status({ why }) {
    // On a full disk the line says so all the same.
    if (await shared(why).catch(console.warn)) tellBack();
    tellStatus();
  },
});

/** Shares now (or after the pause, see sync.js), and keeps the worker alive for it. */
export function shareSoon(event, reason) {
  if (reason === "alarm") interrupt();
  const done = share(reason);
  event?.waitUntil?.(done);
  return done;
}

/** Shares because somebody asks and looks on: they wait for it this long and no longer. */
export const shareWithin = (event, ms) => within(ms, shareSoon(event, "asked"));

/** Asks the browser to wake this worker when the network is back, also when no page is open. Not every browser can. */
export async function shareWhenBack(registration) {
  try {
    await registration.sync?.register("motorkap");
  } catch {
    // Refused or switched off: the triggers of the page remain.
  }
}

/** What the stream brought to a page: the same object as /sync answers with. Of another history or another person: ask first. */
export async function takeStreamed(event, answer) {
  const held = await session();
  if (!held || keepsNothing(held.me) || (answer.person && answer.person !== held.me.person)) return;
  const epoch = await held.log.meta("epoch");
  if (!epoch || (answer.epoch && answer.epoch !== epoch)) {
    await shareSoon(event, "stream");
    return;
  }
  const { cards, numbered, askAgain } = await held.log.take(answer, held.me, now(), { streamed: true });
  heard();
  await tell(held.log, cards, numbered);
  if (answer.more || askAgain) await shareSoon(event, "stream");
}
