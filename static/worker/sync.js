/**
 * Sharing: hands in what is in the outbox and takes in what others wrote (PROTOCOL.md, POST /sync).
 *
 * One round at a time on a phone, under the Web Lock "motorkap-sync". A round goes on until the outbox is empty and the server has nothing more.
 * Nothing here is remembered in memory that may not be lost: a worker that is ended in the middle starts again from the outbox,
 * and the server takes an entry twice without keeping it twice.
 *
 * What can go wrong, and what then holds:
 *   no network, 5xx, 429     everything stays in the outbox; again after a pause that doubles, with jitter
 *   no answer in time        everything stays; less of it goes in the next call (load.js)
 *   401                      everything stays; the line says: sign in again
 *   401, revoked             everything is handed in, for the team lead; when nothing is left this device erases itself (parting.js)
 *   somebody else signed in  nothing is sent and nothing is taken in; `otherPerson()` sorts out whose phone this is now
 *   413                      smaller batches; one entry that is too large by itself is set aside with that reason
 *   a clock that is wrong    is set by the server's (drift.js); what was refused for it goes again, once, with another stamp
 *   another epoch            the server was restored: everything that this phone holds goes again
 *   the disk, or a fault     everything stays as it was before the round; again after the same pause, and the line says it
 *   not on the card yet      of a restored server: what it takes later waits, and is tried again when something else was taken (unconfirmed.js)
 */
import { drift } from "./drift.js";
import { createLoad, MOST } from "./load.js";
import { editions } from "./shelf.js";
import { named } from "./unconfirmed.js";

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 120_000;
/** Trying again does not help before a person does something. */
const WAITS_FOR_SOMEBODY = ["signin", "revoked", "locked", "pin"];
/** During a round that fails these get a round of their own: that one may have begun before the network was back, and a person looks on. */
const NOT_ANSWERED_BY_ANOTHER = ["alarm", "asked", "online", "stream"];

/** How long to wait before the next try: doubling, and spread so that a thousand phones do not come back in the same second. */
export function pause(failures, random) {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures - 1, 10));
  return longest / 2 + (random() * longest) / 2;
}

/**
 * `log`, `me` {person, device}, `post(body) -> {status, answer, retryAfter}` (throws when there is no network, a TimeoutError when there is no answer in
 * time), `now() -> ms`, `load` (load.js) says how much goes in one call.
 * `told(cards, numbered)` hears what changed, `corrected(off)` by how much the clock is to be set, `sure` says that the session was just seen to be this person's.
 * Returns {why}: null when all is shared, else "offline" | "signin" | "revoked" | "server" | "other_person" | "clock" | "restored".
 */
export async function shareRound({ log, me, post, now, load = createLoad({ patience: Infinity }), sure = false, told = async () => {}, corrected = async () => {} }) {
  let most = MOST;
  let restamped = new Set();
  let stuck = 0;
  let barred = new Set();
  let tookMore = false;
  for (;;) {
    const batch = await log.batch(Math.min(most, load.most), load.bytes, barred);
    let reply;
    const asked = now();
    try {
      const body = await question(log, me, batch);
      reply = await load.measured(batch, () => post(body));
    } catch (error) {
      if (error?.name !== "TimeoutError") return { why: "offline" };
      load.halve(batch);
      return { why: "server" };
    }
    if (reply.status === 401 && reply.answer?.error === "revoked") {
      if (!batch.length) return { why: "revoked" };
      await log.take({ rejected: reply.answer.rejected ?? {} }, me, now());
      if ((await log.batch(1, 1))[0]?.id === batch[0].id) return { why: "server" };
      continue;
    }
    if (reply.status === 401) return { why: reply.answer?.error === "other_person" ? "other_person" : "signin" };
    if (reply.status === 413) {
      if (batch.length > 1) most = Math.max(1, Math.floor(batch.length / 2));
      else if (batch.length) await log.reject(batch[0].id, { code: "too_large", message: reply.answer?.message }, now());
      else return { why: "server" };
      continue;
    }
    if (reply.status !== 200 || !reply.answer) return { why: "server", retryAfter: reply.retryAfter };
    const { answer } = reply;
    const off = drift(answer.clock, asked, now());
    if (answer.person && answer.person !== me.person) return { why: "other_person" };
    if (!sure && strangers(answer.rejected, batch, me)) return { why: "other_person" };

    const { cards, numbered, clockRefused, newEpoch, barred: notYet, askAgain } = await log.take(answer, me, now() + off);
    if (off) await corrected(off);
    await told(cards, numbered);
    barred = new Set([...barred, ...notYet]);
    tookMore ||= Object.keys(answer.accepted ?? {}).length > 0;
    const again = clockRefused.filter((id) => !restamped.has(id));
    if (clockRefused.length && !again.length) return { why: "clock" };
    if (again.length) {
      await log.restamp(again, me.device, answer.clock);
      restamped = new Set([...restamped, ...again]);
    }
    const left = (await log.batch(1, 1, barred)).length > 0;
    if (!left && !answer.more && !newEpoch && !askAgain) {
      if (!barred.size) return { why: null };
      if (!tookMore) return { why: "restored" };
      [barred, tookMore] = [new Set(), false];
    }
    const moved = newEpoch || askAgain || again.length || Object.keys(answer.accepted ?? {}).length || Object.keys(answer.rejected ?? {}).length;
    stuck = moved || answer.entries?.length ? 0 : stuck + 1;
    if (stuck > 2) return { why: "server" };
  }
}

async function question(log, me, entries) {
  const [epoch, upto, unconfirmed, shelf] = await Promise.all([log.meta("epoch"), log.meta("upto"), log.meta("unconfirmed"), editions(log)]);
  return { epoch: epoch ?? "", have: named(upto, unconfirmed), entries, shelf, person: me.person, erases: true };
}

/** The server says that we are not who our own new entries say: before anything is set aside, find out whose session this is. */
function strangers(rejected, batch, me) {
  const own = new Set(batch.filter((entry) => entry.by === me.person && entry.seq === undefined).map((entry) => entry.id));
  return Object.entries(rejected ?? {}).some(
    ([id, { code, field }]) => own.has(id) && code === "forbidden" && ["by", "org", "device"].includes(field),
  );
}

/**
 * The one who decides when. `round()` does one round and returns {why}; rounds never overlap: asking during a round gives one more after it.
 * `locked(fn)` runs fn under the lock that all workers of this phone share.
 */
export function createSharer({ round, locked, now, random = Math.random, later = (fn, ms) => setTimeout(fn, ms), status }) {
  let running = null;
  let again = false;
  let anyway = false;
  let failures = 0;
  let notBefore = 0;
  let timer = null;

  /** A round that threw is one that failed: what it was about is in the outbox still, and is tried again. */
  async function oneRound() {
    try {
      return await locked(round);
    } catch (error) {
      console.warn(error);
      return { why: error?.name === "QuotaExceededError" ? "full" : "server" };
    }
  }

  async function turn() {
    let outcome;
    do {
      again = anyway = false;
      outcome = await oneRound();
      // A device that was revoked has erased itself: another round would begin a database again.
    } while (outcome.why !== "revoked" && ((again && !outcome.why) || anyway));
    failures = outcome.why ? failures + 1 : 0;
    rest();
    // What the server says it says to all phones alike: what comes on top keeps them apart.
    if (outcome.why && !WAITS_FOR_SOMEBODY.includes(outcome.why)) plan((outcome.retryAfter || 0) + pause(failures, random));
    await status(outcome);
    return outcome;
  }

  function plan(ms) {
    notBefore = now() + ms;
    timer = later(() => share("timer"), ms);
  }

  /** A pause is of the failure before it: a round that went well leaves none, or what is written next would wait for nothing. */
  function rest() {
    notBefore = 0;
    if (timer) clearTimeout(timer);
    timer = null;
  }

  /**
   * `urgent`: a person asks, or the network is back: no reason to wait for the pause. A timer that comes too early waits.
   */
  function share(reason) {
    const urgent = reason !== "timer" && reason !== "written";
    if (!urgent && now() < notBefore - 50) return Promise.resolve({ why: "later" });
    if (running) {
      again = true;
      anyway ||= NOT_ANSWERED_BY_ANOTHER.includes(reason);
      return running;
    }
    running = turn().finally(() => (running = null));
    return running;
  }
  return { share };
}
