/**
 * The alarm of a locked phone. It must go out at once, so it does not wait for the key: it is kept sealed with the phone's own key, and handed in as soon
 * as there is a network, locked or not. It has no words in it: who, when and on which card. Unlocked again, what the server does not have yet goes
 * the way of every entry.
 */
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

/** What the screen of the locked phone says: how many wait, and when the last one was sent. */
export async function raised(log) {
  const rows = await log.alarms();
  return { waiting: rows.filter((row) => !row.sent).length, sent: rows.reduce((last, row) => Math.max(last, row.sent ?? 0), 0) || null };
}

/** The same, for a page that stays open meanwhile. */
export const raisedBy = (me) => withLog(me, raised);

/** Hands in what waits. "none" | "sent" | "waiting" (no network, or the server did not take it). */
export const handInAlarms = (me) =>
  withLog(me, async (log) => {
    const rows = (await log.alarms()).filter((row) => !row.sent);
    if (!rows.length) return "none";
    const entries = await opened(rows);
    const [epoch, have] = await Promise.all([log.meta("epoch"), log.meta("upto")]);
    const answer = await post({ epoch: epoch ?? "", have: have ?? {}, entries, person: me.person });
    const accepted = rows.filter(({ id }) => answer?.accepted && id in answer.accepted);
    for (const { id } of accepted) await log.alarmSent(id, Date.now());
    return accepted.length === rows.length ? "sent" : "waiting";
  });

async function post(body) {
  try {
    return await (await postSync(body, AbortSignal.timeout(PATIENCE))).json();
  } catch {
    return null;
  }
}

async function opened(rows) {
  const key = await deviceKey();
  return Promise.all(rows.map(({ id, box }) => unseal(key, place(id), box)));
}

/** The log has its key again: what the server took comes back with the next round, the rest is handed in like everything else. */
export async function adoptAlarms(log) {
  const rows = await log.alarms();
  if (rows.length) await log.adopt(await opened(rows.filter((row) => !row.sent)), Date.now());
}
