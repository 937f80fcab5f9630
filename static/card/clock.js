/** Clock: times as people say them, in the Netherlands; twin of card/clock.py. */
import { isClock, isDate, trimmed } from "./entry.js";
import { millis } from "./hlc.js";

export const HERE = "Europe/Amsterdam";
const SPOKEN = /^(?:([01]?\d|2[0-3])[:.]([0-5]\d)|([01]\d|2[0-3])([0-5]\d))$/;
const DATE = /^(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[-./](\d{1,2})[-./](\d{4}))$/;
const BACK_MS = 60 * 60 * 1000;
const DAY_MS = 24 * BACK_MS;

export function toInstant(said, nowMs) {
  const match = SPOKEN.exec(trimmed(said));
  if (!match) return null;
  const [hour, minute] = (match[1] ? match.slice(1, 3) : match.slice(3, 5)).map(Number);
  const today = Math.floor(wall(nowMs) / DAY_MS) * DAY_MS + (hour * 60 + minute) * 60_000;
  const choices = [-1, 0, 1].map((days) => fromWall(today + days * DAY_MS));
  const chosen = choices.find((ms) => ms >= nowMs - BACK_MS) ?? choices.at(-1);
  return `${new Date(chosen).toISOString().slice(0, 19)}Z`;
}

export function toClock(said) {
  const match = SPOKEN.exec(trimmed(said));
  return match && `${(match[1] ?? match[3]).padStart(2, "0")}:${match[2] ?? match[4]}`;
}

export function instantAt(date, clock) {
  if (!isDate(date) || !isClock(clock)) return null;
  const ms = shownFrom(dayNumber(date), Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function toDate(said) {
  const match = DATE.exec(trimmed(said));
  if (!match) return null;
  const [year, month, day] = [match[1] ?? match[6], match[2] ?? match[5], match[3] ?? match[4]].map((part) => part.padStart(2, "0"));
  const date = `${year}-${month}-${day}`;
  return isDate(date) ? date : null;
}

export const instantMs = (instant) => Date.parse(instant);

export const momentMs = (moment) => (moment.includes("T") ? instantMs(moment) : millis(moment));

export function clock(moment) {
  return new Date(wall(momentMs(moment))).toISOString().slice(11, 16);
}

export function day(moment) {
  const date = new Date(wall(momentMs(moment))).toISOString();
  return `${date.slice(8, 10)}-${date.slice(5, 7)}`;
}

export function date(moment) {
  return new Date(wall(momentMs(moment))).toISOString().slice(0, 10);
}

export const dated = (date) => date.split("-").reverse().join("-");

export function minutesBetween(earlier, laterMs) {
  return Math.floor(Math.max(0, laterMs - momentMs(earlier)) / 60_000);
}

export const localDay = (nowMs) => Math.floor(wall(nowMs) / DAY_MS);

export const dayNumber = (date) => Date.parse(date) / DAY_MS;

export const shownFrom = (dayNumber, minute) => shown(dayNumber, minute)[0];

export const shownUntil = (dayNumber, minute) => shown(dayNumber, minute)[1];

function shown(dayNumber, minute) {
  const local = dayNumber * DAY_MS + minute * 60_000;
  const [before, after] = around(local);
  if (before === after) return [before, before];
  const real = [before, after].filter((ms) => wall(ms) === local);
  const passed = real.length ? real : [before - (before % BACK_MS)];
  return [passed[0], passed.at(-1)];
}

/* A wall clock is kept as the milliseconds that UTC would have had when it showed the same. */
const PARTS = new Intl.DateTimeFormat("en-GB", {
  timeZone: HERE, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

function wall(ms) {
  const part = Object.fromEntries(PARTS.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) + (((ms % 1000) + 1000) % 1000);
}

/* The offset before a change is tried first: that is the first of two equal hours, and the offset that a missing hour is taken by. */
function fromWall(local) {
  const [before, after] = around(local);
  return wall(before) === local || wall(after) !== local ? before : after;
}

/* By the offset of a day before, and of a day after. */
const around = (local) => [-DAY_MS, DAY_MS].map((away) => local - (wall(local + away) - (local + away)));
