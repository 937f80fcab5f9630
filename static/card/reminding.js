/** Reminding: at which set times an organisation is asked whether the person it missed is back; twin of card/reminding.py. */
import { localDay, shownFrom } from "./clock.js";

export const MINUTE_MS = 60_000;
export const DEFAULT = { every: 60, begins: "07:00", ends: "23:00" };
export const SHORTEST = 15;
export const LONGEST = 12 * 60;

export function lastReminder(reportedMs, rule, nowMs) {
  const today = localDay(nowMs);
  const passed = [today - 1, today].flatMap((day) => times(day, rule)).filter((ms) => asksFrom(reportedMs, rule) <= ms && ms <= nowMs);
  return passed.length ? Math.max(...passed) : null;
}

export function nextReminder(reportedMs, rule, nowMs) {
  const fromMs = Math.max(nowMs + 1, asksFrom(reportedMs, rule));
  const first = localDay(fromMs);
  return Math.min(...[first, first + 1].flatMap((day) => times(day, rule)).filter((ms) => ms >= fromMs));
}

export const occasion = (entry, timeMs) => `${entry.slice(0, 23)}-${String(Math.floor(timeMs / MINUTE_MS)).padStart(12, "0")}`;

export const minuteOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

const asksFrom = (reportedMs, { every }) => reportedMs + every * MINUTE_MS;

function times(day, { begins, ends, every }) {
  const made = [];
  for (let minute = minuteOf(begins); minute < minuteOf(ends); minute += every) made.push(shownFrom(day, minute));
  return made;
}
