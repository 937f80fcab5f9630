/** Visits on the screen: my week, the form of one visit, asking for one, a contact, handing over; pure, twin of blueprints/visits_screen.py. */
import { isAnonymous } from "../card/anonymous.js";
import { sectionsOf } from "../card/card_type.js";
import { date } from "../card/clock.js";
import { groundAsked } from "../card/doubt.js";
import { trimmed } from "../card/entry.js";
import { readForm } from "../card/form.js";
import { daysBetween, dueOn, isOverdue, weekOf } from "../card/rhythm.js";
import { KINDS } from "../card/vocabulary.js";

const TOPICS = KINDS["visit.logged"].fields.topics.choices;
const RHYTHMS = KINDS["contact.kept"].fields.rhythm.choices;
const GROUNDS = KINDS["visit.logged"].fields.ground.choices;
const OTHER = "other";
const SITUATIONS = {
  informal_consultation: "informal_consultation", anonymous_consultation: "informal_consultation", criminal_law_advice: "criminal_law_advice",
  stern_talk: "stern_talk", lower_threshold: "lower_threshold", worry: "worry",
}; // prettier-ignore

const screen = (template, context) => ({ template, context });
const draft = (kind, body, audience) => ({ kind, body, audience });
const by = (...keys) => (a, b) => keys.map((key) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)).find(Boolean) ?? 0;
const isVisit = ({ type }) => type === "visit";
const isContact = ({ type, closed }) => type === "contact" && !closed;

export function overview({ frame, cards }) {
  if (frame.viewer.domain !== "police") {
    return screen("visits/asked.html", { ...frame, rows: cards.filter(isVisit).map((card) => sharedRow(frame, card)) });
  }
  const today = todayOf(frame);
  const week = weekOf(today);
  const rows = contactRows(frame, cards);
  const keepers = keepersOf(cards);
  const mine = cards.filter((card) => isMine(frame, keepers, card));
  const planned = plannedOf(frame, cards, mine);
  const follows = followUps(mine);
  const within = (day) => week.from <= day && day <= week.until;
  return screen("visits/week.html", {
    ...frame,
    today,
    week,
    asked: mine.filter(isOpenQuestion).map(askedRow),
    planned: planned.filter(({ on }) => on <= week.until),
    planned_later: planned.filter(({ on }) => on > week.until),
    follow_ups: follows.filter(({ done, on }) => !done && on <= week.until),
    follow_ups_later: follows.filter(({ done, on }) => !done && on > week.until),
    follow_ups_done: follows.filter(({ done }) => done && within(date(done.at))),
    done: logged(mine).filter(({ item }) => within(item.body.on)),
    contacts: rows.filter((row) => row.mine),
    others: rows.filter((row) => !row.mine),
  });
}

export function newVisit({ frame, cards, to, values, errors }) {
  const contacts = contactRows(frame, cards);
  return screen("visits/new.html", {
    ...frame,
    contacts: contacts.sort((a, b) => b.mine - a.mine),
    organisations_besides: besides(frame, contacts),
    to: to ? { id: to.id, place: to.place } : null,
    topics: TOPICS,
    topics_given: values.topics ?? [],
    given: firsts(values),
    grounds: GROUNDS,
    errors,
    problems: problems(errors),
  });
}

export function askVisit({ frame, values, errors }) {
  return screen("visits/ask.html", {
    ...frame,
    police: Object.values(frame.organisations).filter(({ domain }) => domain === "police"),
    given: firsts(values),
    grounds: GROUNDS,
    errors,
    problems: problems(errors),
  });
}

export function newContact({ frame, cards, values, errors }) {
  return screen("visits/contact.html", {
    ...frame,
    organisations_besides: besides(frame, contactRows(frame, cards)),
    rhythms: RHYTHMS,
    given: firsts(values),
    errors,
    problems: problems(errors),
  });
}

export function handingOver({ frame, cards, colleagues, values, errors }) {
  return screen("visits/handover.html", {
    ...frame,
    contacts: contactRows(frame, cards).filter((row) => row.mine),
    colleagues: Object.entries(colleagues).filter(([id]) => id !== frame.viewer.person).map(([id, one]) => ({ ...one, id })),
    given: firsts(values),
    errors,
    problems: problems(errors),
  });
}

export function readVisit(frame, fields, to) {
  const [organisation, place] = to ? [keyOrganisation(frame, to), String(to.place ?? "")] : whom(frame, fields);
  const topics = fields.topics ?? [];
  const anonymous = topics.includes("anonymous_consultation") || Boolean(to && isAnonymousVisit(to));
  const hidden = anonymous ? { anonymous: ["true"] } : {};
  const told = { ...fields, organisation: [organisation], ...hidden, on: first(fields, "on") ? fields.on : [todayOf(frame)] };
  const [body, wrong] = readForm("visit.logged", told, frame.now);
  const shared = "share" in fields && organisation !== "" && !anonymous;
  const audience = shared ? "all" : "org";
  const [drafts, unopened] = to ? [[], {}] : opening(fields, place, topics, hidden, shared ? organisation : "");
  const errors = place || to ? { ...unopened, ...wrong } : { whom: "required", ...wrong };
  const ground = Object.keys(errors).length ? null : groundAsked("visit.logged", body, audience);
  const [follow, unfollowed] = followUp(fields, hidden, frame.now);
  const all = { ...errors, ...(ground ? { ground } : {}), ...unfollowed };
  return [[...drafts, draft("visit.logged", body, audience), ...follow], all, organisation || place];
}

export function readQuestion(frame, fields) {
  const asks = first(fields, "organisation");
  const own = frame.organisations[frame.viewer.org]?.name ?? "";
  const [asked, wrong] = readForm("visit.asked", fields, frame.now);
  const errors = domain(frame, asks) === "police" ? wrong : { organisation: "required", ...wrong };
  const ground = Object.keys(errors).length ? null : groundAsked("visit.asked", asked, "all");
  const opened = { situation: "invest_in_relation", place: own || frame.viewer.org, type: "visit" };
  const drafts = [draft("card.opened", opened, "all"), draft("card.shared", { organisation: asks }, "all"), draft("visit.asked", asked, "all")];
  return [drafts, { ...errors, ...(ground ? { ground } : {}) }];
}

export function readContact(frame, fields) {
  const [organisation, place] = whom(frame, fields);
  const [kept, wrong] = readForm("contact.kept", { ...fields, organisation: [organisation] }, frame.now);
  const errors = place ? wrong : { organisation: "required", ...wrong };
  const drafts = [draft("card.opened", { situation: "lower_threshold", place, type: "contact" }, "all"), draft("contact.kept", kept, "org")];
  if (!["function", "name", "since"].some((name) => first(fields, name))) return [drafts, errors];
  const [known, unknown] = readForm("contact.known", fields, frame.now);
  return [[...drafts, draft("contact.known", known, "org")], { ...errors, ...unknown }];
}

export function readHandingOver(colleagues, fields, nowMs) {
  const [body, errors] = readForm("contact.handed_over", fields, nowMs);
  return [body, Object.hasOwn(colleagues, body.person ?? "") ? errors : { ...errors, person: "required" }];
}

export function contactRows(frame, cards) {
  const visits = byKey(cards);
  const rows = cards.filter(isContact).map((card) => contactRow(frame, visits.get(keyOf(card)) ?? [], card));
  return rows.sort(by(({ due }) => due ?? "9999", ({ card }) => card));
}

export const contactOf = (cards, key) => cards.find((card) => isContact(card) && keyOf(card) === key) ?? null;

export function keyOf({ contact, visit, place }) {
  const named = [...contact.heads, ...visit.logged].map(({ body }) => body.organisation).find((name) => typeof name === "string");
  return String(named || visit.asked[0]?.org || place || "");
}

export function isAnonymousVisit(card) {
  const loggedSo = card.visit.logged.some(({ body }) => body.anonymous === true);
  return (loggedSo || isAnonymous(card)) && sectionsOf(card).has("visit");
}

export const todayOf = ({ now }) => date(`${String(now).padStart(13, "0")}-`);

export const rounded = (degrees) => Math.floor(degrees * 100 + 0.5) / 100;

function contactRow(frame, visits, card) {
  const { contact } = card;
  const kept = contact.heads.at(-1)?.body ?? {};
  const days = [...visits.flatMap(({ visit }) => visit.logged.map(({ body }) => body.on)), ...(contact.visited ? [contact.visited] : [])];
  const last = days.length ? days.sort().at(-1) : null;
  const since = last ?? (card.opened ? date(card.opened.at) : null);
  const due = since && RHYTHMS.includes(kept.rhythm) ? dueOn(kept.rhythm, since) : null;
  const overdue = due !== null && isOverdue(due, todayOf(frame));
  const given = contact.handed_over.at(-1) ?? null;
  return {
    card: card.id,
    place: card.place,
    whom: kept.organisation || `~${card.place}`,
    rhythm: kept.rhythm ?? null,
    last,
    due,
    overdue,
    days: overdue ? daysBetween(due, todayOf(frame)) : 0,
    known: contact.known,
    keeper: contact.keeper,
    mine: contact.keeper === frame.viewer.person,
    given: given?.body.person === frame.viewer.person ? given : null,
    follow_ups: followUps(visits).filter(({ done }) => !done),
  };
}

function byKey(cards) {
  const found = new Map();
  for (const card of cards.filter(isVisit)) found.set(keyOf(card), [...(found.get(keyOf(card)) ?? []), card]);
  return found;
}

const keepersOf = (cards) => new Map([...cards].reverse().filter(isContact).map((card) => [keyOf(card), card.contact.keeper]));

function isMine(frame, keepers, card) {
  if (!isVisit(card)) return false;
  const me = frame.viewer.person;
  if (keepers.has(keyOf(card))) return keepers.get(keyOf(card)) === me;
  return [...card.visit.heads, ...card.visit.logged].some((item) => item.by === me) || isOpenQuestion(card);
}

const isOpenQuestion = ({ visit }) => visit.asked.length > 0 && !visit.heads.length && !visit.logged.length;

const askedRow = (card) => ({ card: card.id, place: card.place, item: card.visit.asked.at(-1) });

function plannedOf(frame, cards, mine) {
  const visits = byKey(cards);
  const rows = mine.flatMap((card) => {
    const again = card.visit.logged.length > 0;
    const days = again ? nextOf(visits.get(keyOf(card)), card) : card.visit.heads.filter(({ kind }) => kind === "visit.planned").map(({ body }) => body.on);
    return days.map((on) => ({ card: card.id, place: card.place, on, late: on < todayOf(frame), to: again ? null : card.id }));
  });
  return rows.sort(by(({ on }) => on, ({ card }) => card));
}

function nextOf(visits, card) {
  const last = card.visit.logged.at(-1).body;
  const later = visits.some(({ visit }) => visit.logged.some(({ body }) => body.on > last.on));
  return typeof last.next === "string" && !later ? [last.next] : [];
}

function followUps(cards) {
  const rows = cards.flatMap(({ id, place, visit }) =>
    visit.follow_ups.map(({ item, done }) => ({ card: id, place, id: item.id, what: item.body.what, on: item.body.on, done })),
  );
  return rows.sort(by(({ on }) => on, ({ id }) => id));
}

function logged(cards) {
  const rows = cards.flatMap(({ id, place, visit }) => visit.logged.map((item) => ({ card: id, place, item })));
  return rows.sort(by(({ item }) => item.body.on, ({ item }) => item.id)).reverse();
}

function sharedRow(frame, { id, place, organisations, visit }) {
  const standing = visit.heads.at(-1);
  const answered = standing ? (standing.kind === "visit.planned" ? "planned" : "answered") : "open";
  const state = visit.logged.length ? "done" : answered;
  const { asked, heads, logged: shared } = visit;
  return { card: id, place, police: organisations.filter((org) => domain(frame, org) === "police"), state, asked, heads, logged: shared };
}

function opening(fields, place, topics, hidden, sharedWith) {
  const [situation = "invest_in_relation"] = topics.filter((topic) => Object.hasOwn(SITUATIONS, topic)).map((topic) => SITUATIONS[topic]);
  const where = hidden.anonymous ? {} : { lat: fields.lat ?? [], lng: fields.lng ?? [] };
  const [body, errors] = readForm("card.opened", { situation: [situation], place: [place], type: ["visit"], ...hidden, ...where }, 0);
  for (const name of ["lat", "lng"]) if (typeof body[name] === "number") body[name] = rounded(body[name]);
  return [[draft("card.opened", body, "all"), ...(sharedWith ? [draft("card.shared", { organisation: sharedWith }, "all")] : [])], errors];
}

function followUp(fields, hidden, nowMs) {
  const asked = { what: fields.follow_what ?? [], on: fields.follow_on ?? [] };
  if (!Object.values(asked).flat().some((text) => trimmed(text))) return [[], {}];
  const [body, errors] = readForm("follow_up.set", { ...asked, ...hidden }, nowMs);
  return [[draft("follow_up.set", body, "org")], Object.fromEntries(Object.entries(errors).map(([name, code]) => [`follow_${name}`, code]))];
}

function whom(frame, fields) {
  const chosen = first(fields, "whom");
  if (chosen.startsWith("~")) return ["", chosen.slice(1)];
  const named = chosen && chosen !== OTHER ? chosen : first(fields, "organisation");
  return Object.hasOwn(frame.organisations, named) ? [named, frame.organisations[named].name] : ["", first(fields, "place")];
}

function keyOrganisation(frame, card) {
  const key = keyOf(card);
  return Object.hasOwn(frame.organisations, key) ? key : "";
}

function besides(frame, contacts) {
  const known = contacts.map((row) => row.whom);
  return Object.values(frame.organisations).filter(({ id, domain: side }) => side === "care" && !known.includes(id));
}

const domain = (frame, org) => (Object.hasOwn(frame.organisations, org) ? frame.organisations[org].domain : null);
const first = (fields, name) => trimmed(fields[name]?.[0] ?? "");
const firsts = (values) => Object.fromEntries(Object.entries(values).filter(([, texts]) => texts.length).map(([name, texts]) => [name, texts[0]]));
const problems = (errors) => Object.entries(errors).map(([field, code]) => ({ field, code }));
