/** Screens of the directory: whom can I call now, one service, and the page of an organisation; pure, twin of blueprints/directory_screen.py. */
import { clock, dated, day, instantMs, localDay } from "../card/clock.js";
import { ANSWER_DAYS } from "../card/consultation.js";
import { isUuid7, trimmed } from "../card/entry.js";
import { isoDate, openness, weekdayOf } from "../card/opening_hours.js";
import { KINDS, OVERDUE_STEPS, SITUATIONS } from "../card/vocabulary.js";

const ASKED = ["card", "situation", "for", "open", "q"];
const PURPOSES = KINDS["service.requested"].fields.for.choices;
export const LEVELS = ["operational", "management", "board"];
const UNCHECKED_DAYS = 90;
const SAID = { kept: "page.directory.said.kept", checked: "page.directory.said.checked" };
const DAY_MS = 24 * 60 * 60 * 1000;
export const NOTHING = { services: [], organisations: {} };
const NO_PAGE = { expect: "", leave_at_door: "", domicile: "", agreed: OVERDUE_STEPS, answer_days: ANSWER_DAYS, contacts: {} };

const screen = (template, context) => ({ template, context });
const byText = (a, b) => (a < b ? -1 : Number(a > b));

export function directory({ frame, book, asked }) {
  const known = understood(asked);
  const rows = book.services.filter((one) => fits(frame, one, known)).map((one) => row(frame, one, known));
  const person = ({ kind }) => kind === "person";
  const opened = rows
    .filter((one) => one.open)
    .sort((a, b) => a.general - b.general || a.own - b.own || person(a) - person(b) || byText(a.name, b.name));
  const shut = rows.filter((one) => !one.open).sort((a, b) => byText(a.opens ?? "9", b.opens ?? "9") || byText(a.name, b.name));
  const changes = rows.flatMap(({ until, opens }) => until ?? opens ?? []).map(instantMs);
  return screen("directory/list.html", {
    ...frame,
    asked: known,
    back: known.card ? `/cards/${known.card}` : "/",
    contexts: SITUATIONS,
    purposes: PURPOSES,
    opened,
    shut: known.open ? [] : shut,
    left_out: known.open ? shut.length : 0,
    due_ms: changes.length ? Math.min(...changes) : null,
    any: book.services.length > 0,
    all: address("/directory", { card: known.card }),
    with_shut: address("/directory", { ...known, open: "" }),
    may_add: ["lead", "admin"].includes(frame.viewer.role),
  });
}

export function service({ frame, book, id, asked, may_keep }) {
  const known = understood(asked);
  const one = book.services.find((service) => service.id === id);
  if (!one) return null;
  return screen("directory/service.html", {
    ...frame,
    one: row(frame, one, known),
    hours: hoursOf(frame, one.hours),
    kitchen: address(`/organisations/${one.organisation}`, known),
    back: address("/directory", known),
    may_keep,
    said: SAID[asked.said] ?? null,
  });
}

export function kitchen({ frame, book, org, asked, may_keep }) {
  if (!Object.hasOwn(frame.organisations, org)) return null;
  const known = understood(asked);
  const page = Object.hasOwn(book.organisations, org) ? book.organisations[org] : NO_PAGE;
  const filled = LEVELS.filter((level) => page.contacts[level]);
  return screen("directory/kitchen.html", {
    ...frame,
    org,
    page,
    contacts: filled.map((level) => ({ level, ...page.contacts[level], tel: tel(page.contacts[level].phone) })),
    services: book.services.filter(({ organisation }) => organisation === org).map((one) => row(frame, one, known)),
    back: address("/directory", known),
    may_keep,
  });
}

export function understood(asked) {
  const situations = SITUATIONS.flatMap(({ groups }) => groups.flatMap(({ types }) => types));
  const said = Object.fromEntries(ASKED.map((name) => [name, asked[name] ?? ""]));
  return {
    card: isUuid7(said.card) ? said.card : "",
    situation: situations.find((slug) => slug === said.situation.replaceAll("-", "_")) ?? "",
    for: PURPOSES.includes(said.for) ? said.for : "",
    open: said.open ? "1" : "",
    q: [...trimmed(said.q)].slice(0, 100).join(""),
  };
}

function fits(frame, one, asked) {
  if (asked.situation && one.situations.length && !one.situations.includes(asked.situation)) return false;
  if (asked.for && !one.for.includes(asked.for)) return false;
  const organisation = frame.organisations[one.organisation]?.name ?? "";
  const text = [one.name, one.function, one.sector, one.area, organisation, ...one.does].join(" ").toLowerCase();
  return asked.q.toLowerCase().split(" ").every((word) => text.includes(word));
}

export function row(frame, one, asked) {
  const state = openness(one.hours, frame.now);
  const { checked } = one;
  const days = checked ? Math.floor((frame.now - checked.at) / DAY_MS) : null;
  const moment = state.open ? state.until : state.opens;
  return {
    ...one,
    ...state,
    moment: moment ? shown(moment, frame.now) : null,
    tel: tel(one.phone),
    href: address(`/directory/${one.id}`, asked),
    ask: ask(one, asked),
    general: Boolean(asked.situation) && !one.situations.length,
    own: frame.organisations[one.organisation]?.domain === frame.viewer.domain,
    unchecked_days: days !== null && days >= UNCHECKED_DAYS ? days : null,
    checked_on: checked ? dated(isoDate(localDay(checked.at))) : null,
  };
}

function ask(one, asked) {
  if (!asked.card || one.kind !== "service") return null;
  const purpose = asked.for || (one.for.length === 1 ? one.for[0] : "");
  return address(`/cards/${asked.card}/entries/new`, { kind: "service.requested", service: one.id, for: purpose });
}

function shown(moment, nowMs) {
  const on = localDay(instantMs(moment));
  const ahead = on - localDay(nowMs);
  const weekday = ahead < 7 ? String(weekdayOf(on)) : "";
  return { day: ["today", "tomorrow"][ahead] ?? weekday, date: day(moment), clock: clock(moment) };
}

function hoursOf(frame, { always, week, closed_on, exceptions }) {
  const today = localDay(frame.now);
  const dates = Object.keys(exceptions).filter((iso) => iso >= isoDate(today)).sort();
  return {
    always,
    week: week.map((spans, weekday) => ({ weekday, spans, today: weekday === weekdayOf(today) })),
    closed_on,
    exceptions: dates.map((iso) => ({ weekday: weekdayOf(Date.parse(iso) / DAY_MS), date: dated(iso), spans: exceptions[iso] })),
  };
}


export const tel = (phone) => (phone.startsWith("+") ? "+" : "") + phone.replace(/[^0-9]/g, "");

export function address(path, asked) {
  const told = Object.entries(asked).filter(([, text]) => text).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
  return told.length ? `${path}?${told.join("&")}` : path;
}
