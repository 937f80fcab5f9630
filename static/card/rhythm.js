/** Rhythm: how often somebody drops in, when the next visit is due, and whether it is late; twin of card/rhythm.py. */
import { dayNumber } from "./clock.js";
import { holidaysOn, isoDate, weekdayOf } from "./opening_hours.js";

export const RHYTHMS = ["weekly", "fortnightly", "monthly"];
const DAYS = { weekly: 7, fortnightly: 14 };
const DAY_MS = 24 * 60 * 60 * 1000;

export const dueOn = (rhythm, last) => workingDay(rhythm === "monthly" ? monthLater(last) : isoDate(dayNumber(last) + DAYS[rhythm]));

export const isOverdue = (due, today) => today > due;

export function workingDay(day) {
  let number = dayNumber(day);
  while (weekdayOf(number) > 4 || holidaysOn(number).length) number += 1;
  return isoDate(number);
}

export function workingDaysAfter(day, days) {
  let later = day;
  for (let turn = 0; turn < days; turn += 1) later = workingDay(isoDate(dayNumber(later) + 1));
  return later;
}

export function weekOf(day) {
  const monday = dayNumber(day) - weekdayOf(dayNumber(day));
  return { from: isoDate(monday), until: isoDate(monday + 6) };
}

export const daysBetween = (earlier, later) => dayNumber(later) - dayNumber(earlier);

function monthLater(day) {
  const [year, month, number] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return isoDate(Date.UTC(year, month, Math.min(number, last)) / DAY_MS);
}
