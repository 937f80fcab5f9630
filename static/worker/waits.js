/** Waits: whom this card asked, how long that takes, and what can be done about it now; pure, twin of blueprints/waits.py. */
import { millis } from "../card/hlc.js";
import { openness } from "../card/opening_hours.js";
import { chains, serviceOwner } from "../card/service_request.js";
import { overdue, waited } from "../card/waiting.js";
import * as directory from "./directory_screen.js";

const MOST_OTHERS = 3;
const SHELTER = "shelter";

export const waits = (frame, card) => card.requests.map((request) => wait(frame, card, request));

export function inChains(rows) {
  const waiting = (chain) => chain.some((one) => one.waiting);
  return chains(rows).sort((a, b) => waiting(b) - waiting(a));
}

export function requestsTo(card, org) {
  if (card.closed) return [];
  const asked = card.requests.filter(({ state, item }) => state === "waiting" && serviceOwner(item.body.service) === org);
  return asked.map(({ item }) => item).filter((item) => item.org !== org);
}

export const late = (frame, card) => (card.closed ? [] : card.requests.filter((one) => overdue(one, frame.now)).map(({ item }) => item.body.service));

function wait(frame, card, request) {
  const { body, org } = request.item;
  const count = waited(request, frame.now);
  const known = serviceOf(frame, body.service);
  const stuck = request.waiting ? Boolean(count.step) : request.state === "declined" && !isTakenUp(card, request);
  return {
    ...request,
    ...count,
    asked_ms: millis(request.asked),
    tel: known ? known.phone && directory.tel(known.phone) : null,
    phone: known ? known.phone : null,
    ours: serviceOwner(body.service) === frame.viewer.org && org !== frame.viewer.org,
    what_now: stuck ? whatNow(frame, card, request) : null,
  };
}

function isTakenUp(card, { item }) {
  const forTheSame = (other) => other.waiting && other.item.body.for === item.body.for;
  return card.requests.some((other) => other.follows === item.id || forTheSame(other));
}

function whatNow(frame, card, request) {
  const purpose = request.item.body.for;
  const rows = others(frame, card, request, purpose).map((one) => other(card, request, one, purpose));
  const shelters = request.waiting || purpose === SHELTER ? [] : others(frame, card, request, SHELTER).filter(({ hours }) => hours.always);
  return { others: [...rows, ...shelters.map((one) => other(card, request, one, SHELTER))], escalate: escalate(frame, card, request) };
}

function others(frame, card, request, purpose) {
  const asked = card.requests.map(({ item }) => item.body.service);
  const isOpen = (one) => openness(one.hours, frame.now).open;
  const fit = services(frame).filter((one) => one.for.includes(purpose) && !asked.includes(one.id) && isOpen(one));
  return fit.sort(by((one) => one.id !== request.referred_to, notForSituation(card), ({ name }) => name)).slice(0, MOST_OTHERS);
}

function other(card, request, one, purpose) {
  const known = { kind: "service.requested", service: one.id, for: purpose };
  const ask = formAddress(card, request.waiting ? known : { ...known, follows: request.item.id });
  return { name: one.name, phone: one.phone, tel: directory.tel(one.phone), ask, referred: one.id === request.referred_to, for: purpose };
}

function escalate(frame, card, request) {
  const said = request.escalations.map(({ body }) => body.level);
  const owner = serviceOwner(request.item.body.service);
  const pages = frame.directory.organisations;
  const contacts = (Object.hasOwn(pages, owner) ? pages[owner].contacts : null) ?? {};
  const level = directory.LEVELS.find((one) => !said.includes(one) && contacts[one]);
  if (!level) return null;
  const contact = contacts[level];
  const ask = formAddress(card, { kind: "service.escalated", request: request.item.id, level, to: contact.name });
  return { level, ...contact, tel: directory.tel(contact.phone), ask };
}

const formAddress = (card, known) => directory.address(`/cards/${card.id}/entries/new`, known);

export function choices(frame, card) {
  const rows = services(frame).map((one) => directory.row(frame, one, directory.understood({})));
  return rows.sort(by(({ open }) => !open, notForSituation(card), ({ opens }) => opens ?? "", ({ name }) => name));
}

const notForSituation = (card) => (one) => !one.situations.includes(card.situation);

const services = (frame) => frame.directory.services.filter(({ kind }) => kind === "service");

export const serviceOf = (frame, id) => frame.directory.services.find((one) => one.id === id);

/** Sorts by what each of these says, the first that differs. */
const by = (...sayings) => (a, b) => {
  const says = sayings.find((say) => say(a) !== say(b));
  return says ? (says(a) < says(b) ? -1 : 1) : 0;
};
