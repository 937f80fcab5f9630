/**
 * How long this phone has been without contact, and what follows: it locks, and later it erases what is shared (docs/decisions/0005).
 *
 * Contact is an answer of the server in this person's session. The record is {elapsed, last, asked}: how much time without contact this phone has
 * counted, by its own clock; what that clock said when it was last looked at; when `/me.json` last said who this is. A clock that is set back
 * adds nothing and takes nothing away, and it counts on from there: so the highest time ever seen decides, and also setting it back again and again
 * does not win a phone more than the moments between two looks.
 *
 * Pure; session.js keeps the record.
 */
const HOUR = 3_600_000;
const WRITE_EVERY = 60_000;
const ASK_EVERY = 12 * HOUR;

/** The record right after contact. `asked`: it was `/me.json` that answered. */
export function made(record, now, asked = false) {
  return { elapsed: 0, last: now, asked: asked ? now : (record?.asked ?? now), erased: false };
}

/** The record as the clock says now. A phone that never noted anything begins to count now. */
export function looked(record, now) {
  if (!record) return made(null, now);
  return { ...record, elapsed: record.elapsed + Math.max(0, now - record.last), last: now };
}

/** "open" | "locked" | "erase". Without limits from the server (an older one) a phone stays open. */
export function standing(record, { offline_lock_h: lock, offline_erase_h: erase } = {}) {
  if (erase && record.elapsed >= erase * HOUR) return "erase";
  return lock && record.elapsed >= lock * HOUR ? "locked" : "open";
}

/** Whether the disk must know: once a minute is enough while the clock goes on, and at once when it was set back. */
export const isWorthKeeping = (kept, record) => !kept || record.last - kept.last >= WRITE_EVERY || record.last < kept.last;

/** Whether it is time to ask again who this is, and what the organisation allows now. */
export const isTimeToAsk = (record, now) => !record || Math.abs(now - record.asked) >= ASK_EVERY;
