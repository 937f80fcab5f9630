/** Opening hours: whether a service can be called now, until when, and otherwise from when; twin of card/opening_hours.py. */
import { localDay, shownFrom, shownUntil } from "./clock.js";

export const HOLIDAYS = [
  "new_year", "good_friday", "easter", "easter_monday", "kings_day", "liberation_day", "ascension", "whit_sunday", "whit_monday", "christmas",
  "second_christmas",
]; // prettier-ignore
export const AHEAD_DAYS = 42;

const DAY_MS = 24 * 60 * 60 * 1000;
const SPAN = /^([01]\d|2[0-3]):([0-5]\d)$/;

export function openness(hours, nowMs) {
  if (hours.always && !Object.keys(hours.exceptions).length && !hours.closed_on.length) return { open: true, until: null, opens: null };
  const today = localDay(nowMs);
  let until = null;
  for (const [begins, ends] of moments(hours, today - 1, today + AHEAD_DAYS)) {
    if (until === null && nowMs < begins) return { open: false, until: null, opens: instant(begins) };
    if (until === null) until = nowMs < ends ? ends : null;
    else if (begins > until) break;
    else until = Math.max(until, ends);
  }
  if (until === null) return { open: false, until: null, opens: null };
  return { open: true, until: until < shownUntil(today + AHEAD_DAYS, 0) ? instant(until) : null, opens: null };
}

export function spansOf(hours, dayNumber) {
  const exception = hours.exceptions[isoDate(dayNumber)];
  if (exception) return exception;
  if (holidaysOn(dayNumber).some((holiday) => hours.closed_on.includes(holiday))) return [];
  return hours.always ? [["00:00", "24:00"]] : hours.week[weekdayOf(dayNumber)];
}

export function minuteOf(said) {
  const found = SPAN.exec(said);
  return said === "24:00" ? 1440 : found && Number(found[1]) * 60 + Number(found[2]);
}

export const isoDate = (dayNumber) => new Date(dayNumber * DAY_MS).toISOString().slice(0, 10);

export const weekdayOf = (dayNumber) => (dayNumber + 3) % 7;

export function holidaysOn(dayNumber) {
  const year = Number(isoDate(dayNumber).slice(0, 4));
  return Object.keys(holidays(year)).filter((name) => holidays(year)[name] === dayNumber);
}

function* moments(hours, from, to) {
  for (let dayNumber = from; dayNumber < to; dayNumber++) {
    const spans = spansOf(hours, dayNumber).map(([begin, end]) => [minuteOf(begin) ?? 0, minuteOf(end) ?? 0]);
    for (const [begin, end] of spans.sort((one, other) => one[0] - other[0] || one[1] - other[1])) {
      const [begins, ends] = [shownFrom(dayNumber, begin), shownUntil(dayNumber, end > begin ? end : end + 1440)];
      if (begins < ends) yield [begins, ends];
    }
  }
}

function holidays(year) {
  const [easterDay, kingsDay] = [easter(year), day(year, 4, 27)];
  return {
    new_year: day(year, 1, 1),
    good_friday: easterDay - 2,
    easter: easterDay,
    easter_monday: easterDay + 1,
    kings_day: kingsDay - (weekdayOf(kingsDay) === 6),
    liberation_day: day(year, 5, 5),
    ascension: easterDay + 39,
    whit_sunday: easterDay + 49,
    whit_monday: easterDay + 50,
    christmas: day(year, 12, 25),
    second_christmas: day(year, 12, 26),
  };
}

function easter(year) {
  const [a, b, c] = [year % 19, whole(year / 100), year % 100];
  const h = (19 * a + b - whole(b / 4) - whole((b - whole((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * whole(c / 4) - h - (c % 4)) % 7;
  const sum = h + l - 7 * whole((a + 11 * h + 22 * l) / 451) + 114;
  return day(year, whole(sum / 31), (sum % 31) + 1);
}

const whole = Math.floor;
const day = (year, month, date) => Date.UTC(year, month - 1, date) / DAY_MS;
const instant = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
