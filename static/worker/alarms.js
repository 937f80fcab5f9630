/**
 * The alarm of a locked phone. It must go out at once, so it does not wait for the key: it is kept sealed with the phone's own key, and handed in as soon
 * as there is a network, locked or not. It has no words in it: who, when and on which card. Unlocked again, what the server does not have yet goes
 * the way of every entry.
 *
 * An alarm that the server refuses stays, and is tried again, but its person must hear at once that nobody has it: so each keeps why it is still here.
 */
import * as hlc from "../card/hlc.js";
import { deviceKey } from "./device.js";
import { openLog } from "./log.js";
import { postSync } from "./post.js";
import { seal, unseal } from "./seal.js";

const PATIENCE = 10_000;
const place = (id) => `alarms ${id}`;

async function withLog(me, work) {
  const log = await openLog(me.person, null);
  try {
    return await work(log);
  } finally {
    log.close();
  }
}

/** On the disk when the promise holds. A second time the same alarm is one alarm. */
export function raiseLocked(me, card, id) {
  return withLog(me, async (log) => {
    const key = await deviceKey();
    const now = Date.now() + ((await log.meta("offset")) ?? 0);
    const { person: by, org, device } = me;
    const make = (stamp) => ({ id, card, kind: "alarm.raised", at: stamp(), by, org, device, audience: "all", supersedes: [], body: {} });
    await log.raise(device, now, make, (entry) => seal(key, place(id), entry));
  });
}

/** Why an alarm is still here, the worst first: refused, nobody is signed in any more, the server gives no answer, no network. */
const WHY = ["refused", "signin", "server", "offline"];

const waiting = (rows) => rows.filter((row) => !row.sent);

/** What the screen of the locked phone says: how many wait, why, and when the last one was sent. */
export async function raised(log) {
  const rows = await log.alarms();
  const why = WHY.find((one) => waiting(rows).some((row) => (row.why ?? "offline") === one)) ?? null;
  return { waiting: waiting(rows).length, why, sent: rows.reduce((last, row) => Math.max(last, row.sent ?? 0), 0) || null };
}

/** The same, for a page that stays open meanwhile. */
export const raisedBy = (me) => withLog(me, raised);

/** Hands in what waits. "none" | "sent" | "waiting" (no network, or the server did not take it). */
export const handInAlarms = (me) =>
  withLog(me, async (log) => {
    const rows = waiting(await log.alarms());
    if (!rows.length) return "none";
    const { rejected = {}, clock } = await handIn(log, me, rows);
    const early = rows.filter(({ id }) => rejected[id]?.code === "clock");
    if (early.length && clock) {
      await stampAgain(log, me, early, clock);
      await handIn(log, me, waiting(await log.alarms()));
    }
    return waiting(await log.alarms()).length ? "waiting" : "sent";
  });

/** Once, and notes of each what came of it. The answer, {} when there is none. */
async function handIn(log, me, rows) {
  const [epoch, have, entries] = await Promise.all([log.meta("epoch"), log.meta("upto"), opened(rows)]);
  const { status, answer } = await post({ epoch: epoch ?? "", have: have ?? {}, entries, person: me.person });
  for (const { id } of rows) await log.alarmTold(id, toldOf(id, status, answer));
  return answer;
}

function toldOf(id, status, { accepted = {}, rejected = {} }) {
  if (id in accepted) return { sent: Date.now() };
  if (id in rejected) return { why: "refused" };
  return { why: status === null ? "offline" : status === 401 ? "signin" : "server" };
}

async function post(body) {
  try {
    const reply = await postSync(body, AbortSignal.timeout(PATIENCE));
    return { status: reply.status, answer: (await reply.json().catch(() => null)) ?? {} };
  } catch {
    return { status: null, answer: {} };
  }
}

/** The clock of this phone ran ahead: it is set by the server's, and so are the alarms that were refused for it. */
async function stampAgain(log, me, rows, serverClock) {
  const key = await deviceKey();
  const serverNow = hlc.millis(serverClock);
  await log.setMeta("offset", serverNow - Date.now());
  let at = serverClock;
  for (const entry of await opened(rows)) {
    at = hlc.tick(at, serverNow, me.device);
    await log.alarmTold(entry.id, { box: await seal(key, place(entry.id), { ...entry, at }) });
  }
}

async function opened(rows) {
  const key = await deviceKey();
  return Promise.all(rows.map(({ id, box }) => unseal(key, place(id), box)));
}

/** The log has its key again: what the server took comes back with the next round, the rest is handed in like everything else. */
export async function adoptAlarms(log) {
  const rows = await log.alarms();
  if (rows.length) await log.adopt(await opened(waiting(rows)), Date.now());
}
