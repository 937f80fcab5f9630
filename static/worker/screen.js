/** Screens: from facts to the context of a template, as {template, context}; pure, twin of blueprints/screen.py. */
import { asksHow, owesOutcome } from "../card/afterwards.js";
import { isAnonymous, watched } from "../card/anonymous.js";
import { begins } from "../card/begin.js";
import { onHome, sectionsOf } from "../card/card_type.js";
import { date } from "../card/clock.js";
import { trimmed } from "../card/entry.js";
import { fitting, isPast, offered } from "../card/guides.js";
import { millis } from "../card/hlc.js";
import { hinted } from "../card/language.js";
import { leftHolding } from "../card/leaving.js";
import { prefill, SBAR } from "../card/prefill.js";
import { ANSWERS } from "../card/service_request.js";
import { advise, answersTo, asked, QUESTIONS } from "../card/sharing.js";
import { KINDS, LEVELS, SITUATIONS, TYPES } from "../card/vocabulary.js";
import * as accords from "./accords.js";
import * as actions from "./actions.js";
import { questionsTo, safetyFor } from "./calls.js";
import * as cared from "./cared.js";
import * as consulted from "./consulted.js";
import { domiciles, givenAddress, proposed } from "./domiciles.js";
import * as missed from "./missed.js";
import { withQuotes } from "./quote.js";
import { audiences as audiencesOf, itemOf } from "./reach.js";
import * as waits from "./waits.js";
import { wordsOf } from "./words.js";

export const SECTIONS = [
  "alarm", "header", "accords", "accord", "consultation", "care_report", "visit", "contact", "missing", "urgency", "back", "search", "begin", "action",
  "presence", "risk", "observation", "approach", "picture", "plan", "agreement", "waiting", "safety", "offence_report", "transport", "handover",
  "care_reports", "closing", "feedback", "timeline", "holding", "display", "invited",
];
const ELSEWHERE = ["display", "invited"];
const VITAL = ["searched", "weapons", "substances", "injuries", "medication", "left_behind", "call_back"];
const PREFILLED = ["handover.offered", "missing.reported", "report.decided", "care_report.sent"];
const NAMES_SERVICES = ["service.requested", "service.declined"];
const PREPARED = ["plan", "agreement", "consultation"];
const RECENT = 8;
const PAGE = 50;
const STAYS_OPEN_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;
const DUTY_MS = 12 * 60 * 60 * 1000;
const LONGEST_WHO = KINDS["agreement.made"].fields.who.max;

const screen = (template, context) => ({ template, context });
const newestFirst = (a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

export function home({ frame, cards }) {
  const shown = cards.filter((one) => onHome(one) && asksNow(frame, one)).sort(newestFirst);
  const rows = alarmsFirst(shown.map((one) => summary(frame, one)));
  return screen("home.html", {
    ...frame,
    open: rows.filter((row) => !row.closed),
    closed: rows.filter((row) => row.closed),
    ...afterwards(frame, cards),
    contexts: SITUATIONS,
    pages: Object.values(TYPES).flatMap(({ page = [] }) => page),
    ...dutyForm(frame),
  });
}

export const alarmsFirst = (rows) => [...rows].sort((a, b) => !a.alarm - !b.alarm);

function afterwards({ viewer: { person, org }, feedback_after_h: afterH = 0, now }, cards) {
  const lately = cards.filter(({ closed }) => closed).sort(newestFirst);
  return {
    asked_how: lately.filter((one) => asksHow(one, person, afterH, now)),
    asked_outcome: lately.filter((one) => owesOutcome(one, person, org, afterH, now)),
  };
}

function asksNow(frame, one) {
  if (one.type === "plan") return actions.isNear(frame, one);
  if (one.type === "care_report") return cared.isAsked(one, frame.viewer.org);
  return one.type !== "consultation" || consulted.isAsked(one, frame.viewer.org);
}

export function summary(frame, card) {
  const judged = Object.values(card.risk);
  const levels = judged.filter(({ level }) => level).map(({ level }) => LEVELS.indexOf(level));
  const { id, type, situation, place, about, opened, closed, holders } = card;
  return {
    ...{ id, type, situation, place, about, opened, closed, holders },
    level: levels.length ? LEVELS[Math.max(...levels)] : null,
    acute: judged.some(({ acute }) => acute),
    alarm: ringing(card).length > 0,
    offered_by: offersTo(card, frame.viewer.org).map((offer) => offer.from),
    asked_by: waits.requestsTo(card, frame.viewer.org).map(({ org, body }) => ({ org, for: body.for })),
    late: waits.late(frame, card),
    ...missed.summary(frame, card),
    questions_by: questionsTo(card, frame.viewer.org).map((item) => item.org),
    safety_by: safetyFor(card, frame.viewer).map((item) => item.org),
    stays_open: staysOpen(frame, card),
    plan: card.type === "plan" ? actions.row(frame, card) : null,
    question: consulted.row(frame, card).question,
    care_report: card.type === "care_report" ? cared.row(frame, card) : null,
    outcome: card.feedback.findLast(({ kind }) => kind === "outcome.told") ?? null,
  };
}

export const inGroups = (rows, names) =>
  names.map((name) => ({ name, rows: rows.filter((row) => row.group === name) })).filter((group) => group.rows.length);

const ACCORD_GROUPS = ["to_agree", "renew", "holds", "ended"];
const untilOf = ({ until, id }) => `${until ?? ""} ${id}`;

export function agreementsPage({ frame, cards }) {
  const rows = cards.map((one) => accords.row(frame, one)).sort((a, b) => (untilOf(a) < untilOf(b) ? -1 : 1));
  return screen("agreements.html", { ...frame, groups: inGroups(rows, ACCORD_GROUPS) });
}

const QUESTION_GROUPS = ["late", "for_us", "by_us", "answered"];
const dueOf = ({ due, id }) => `${due ?? ""} ${id}`;

export function consultationsPage({ frame, cards }) {
  const rows = cards.map((one) => consulted.row(frame, one)).sort((a, b) => (dueOf(a) < dueOf(b) ? -1 : 1));
  return screen("consultations.html", { ...frame, groups: inGroups(rows, QUESTION_GROUPS) });
}

const PLAN_GROUPS = ["late", "today", "to_agree", "coming", "called_off"];
const moment = ({ day, start, id }) => `${day ?? ""} ${start ?? ""} ${id}`;

export function plansPage({ frame, cards }) {
  const rows = cards.map((one) => actions.row(frame, one)).sort((a, b) => (moment(a) < moment(b) ? -1 : 1));
  return screen("plans.html", { ...frame, groups: inGroups(rows, PLAN_GROUPS) });
}

function staysOpen({ viewer, now, organisations }, { opened, closed, timeline }) {
  if (viewer.role !== "lead" || closed || !opened || opened.org !== viewer.org) return false;
  const days = organisations[viewer.org]?.stays_open_days ?? STAYS_OPEN_DAYS;
  return now - millis(timeline[timeline.length - 1].at) > days * DAY_MS;
}

export function newCard({ frame, context, situation, type, values, errors, begun, named = [] }) {
  const chosen = SITUATIONS.find((one) => one.slug === context || (situation && typesOf(one).includes(situation))) ?? null;
  return screen("new_card.html", {
    ...frame,
    contexts: SITUATIONS,
    context: chosen,
    situation: chosen && typesOf(chosen).includes(situation) ? situation : null,
    type: PREPARED.includes(type) ? type : "incident",
    form: { kind: "card.opened", values, errors },
    problems: problems("card.opened", errors),
    named,
    begun,
    situation_guides: situation ? fitting(frame.guides ?? [], frame.viewer.org, situation, "", today(frame)) : [],
    grounds: KINDS["card.opened"].fields.ground.choices,
    anonymous: "place" in values ? values.anonymous === "true" : situation === "informal_consultation",
  });
}

const typesOf = (context) => context.groups.flatMap((group) => group.types);

export function card({ frame, card: one }) {
  const drawn = sectionsOf(one);
  return screen("card/page.html", { ...frame, ...facts(frame, one), names: SECTIONS.filter((name) => drawn.has(name)), oob: false });
}

export function sections({ frame, card: one, names }) {
  const drawn = new Set([...sectionsOf(one), ...ELSEWHERE]);
  const wanted = SECTIONS.filter((name) => names.includes(name) && drawn.has(name));
  return screen("card/sections.html", { ...frame, ...facts(frame, one), names: wanted, oob: true });
}

export function timeline({ frame, card: one, before }) {
  const items = one.timeline.filter((item) => !before || item.at < before);
  const page = items.slice(-PAGE).reverse();
  return screen("card/whole_timeline.html", {
    ...frame,
    card: one,
    items: withQuotes(one, page),
    before: items.length > PAGE ? page.at(-1).at : null,
    first_page: !before,
  });
}

export function alarms({ frame, cards }) {
  const rows = cards.flatMap((one) => ringing(one).map((item) => ({ card: one.id, place: one.place, item })));
  return screen("alarms.html", { ...frame, alarms: rows });
}

export function bonnet({ frame, card: one }) {
  return screen("card/bonnet.html", { ...frame, ...facts(frame, one), oob: false });
}

export function people({ frame, card: one }) {
  return screen("card/people.html", { ...frame, ...facts(frame, one), oob: false });
}

export function join({ frame, code, errors }) {
  return screen("join.html", { ...frame, code, errors });
}

export function message({ frame, what, fragment }) {
  return screen("message.html", { ...frame, what, fragment });
}

export function unsent({ frame, unsent: waiting, refused }) {
  return screen("unsent.html", { ...frame, unsent: waiting, refused });
}

export function status({ frame, fragment }) {
  return screen("status.html", { ...frame, fragment });
}

/** `lock`: how this phone locks; the server knows nothing of that. */
export function settings({ frame, lock = null }) {
  return screen("settings.html", { ...frame, languages: ["nl", "en"], lock, ...dutyForm(frame) });
}

export function duty({ frame, said, error }) {
  return screen("duty_page.html", { ...frame, ...dutyForm(frame, said, error) });
}

const dutyForm = (frame, said = null, error = null) => ({ duty_said: said, duty_error: error, duty_ends_ms: frame.now + DUTY_MS });

export function sharing({ frame, given, card: id, instead }) {
  const known = asked(given);
  const answered = Object.keys(known);
  const question = QUESTIONS.find((one) => !(one in known)) ?? null;
  const before = sharingAddress(id, known, answered);
  const joint = before.includes("?") ? "&" : "?";
  return screen("sharing.html", {
    ...frame,
    back: id ? `/cards/${id}` : "/",
    steps: answered.map((one, place) => ({ question: one, value: known[one], href: sharingAddress(id, known, answered.slice(0, place)) })),
    question,
    choices: (question ? answersTo(question) : []).map((value) => ({ value, href: `${before}${joint}${question}=${value}` })),
    advice: advise(known, instead, frame.lang),
    again: sharingAddress(id, known, []),
  });
}

export function guides({ frame, card: one }) {
  const firstOnes = one ? guidesOf(frame, one) : [];
  const rest = offered(frame.guides ?? [], frame.viewer.org, today(frame)).filter((guide) => !firstOnes.includes(guide));
  const where = one ? `/cards/${one.id}` : "";
  return screen("guides.html", { ...frame, back: where || "/", where, first_ones: firstOnes, rest });
}

export function guide({ frame, guide: known, card: one, ids, errors, values }) {
  const agreed = one ? one.agreements.map(({ item }) => item.body.what) : [];
  const ticked = values.step ?? [];
  const rows = known.steps.map((step, place) => ({
    ...step, number: String(place), on_card: agreed.includes(step.text), ticked: ticked.includes(String(place)), id: ids[place],
  }));
  return screen("guide.html", {
    ...frame,
    back: one ? `/cards/${one.id}/guides` : "/guides",
    guide: known,
    card: one,
    rows: rows.slice(0, ids.length),
    who: (values.who ?? [frame.organisations[frame.viewer.org]?.name ?? ""])[0],
    errors,
    problems: Object.entries(errors).map(([field, code]) => ({ field, code })),
    past: isPast(known, today(frame)),
  });
}

export function agreementsOf(known, fields) {
  const who = trimmed(fields.who?.[0] ?? "");
  const steps = known.steps.map((step, place) => ({ step: place, text: step.text })).filter(({ step }) => fields.step?.includes(String(step)));
  const errors = steps.length ? {} : { step: "no_step" };
  if ((fields.version?.[0] ?? "") !== String(known.version)) errors.step = "guide_changed";
  if (!who || who.length > LONGEST_WHO) errors.who = who ? "too_large" : "required";
  return [steps.map(({ step, text }) => ({ step, body: { what: text, who } })), errors];
}

function guidesOf(frame, one) {
  const [place, situation] = ["place", "situation"].map((name) => (typeof one[name] === "string" ? one[name] : ""));
  return fitting(frame.guides ?? [], frame.viewer.org, situation, place, today(frame));
}

const today = (frame) => date(`${String(frame.now).padStart(13, "0")}-`);

export function glossary({ frame, terms, card: id }) {
  return screen("glossary.html", { ...frame, back: id ? `/cards/${id}` : "/", terms });
}

function sharingAddress(id, known, questions) {
  const told = [...(id ? [`card=${id}`] : []), ...questions.map((one) => `${one}=${known[one]}`)];
  return told.length ? `/sharing?${told.join("&")}` : "/sharing";
}

export function facts(frame, one) {
  const { person, org } = frame.viewer;
  const rows = waits.waits(frame, one);
  return {
    card: one,
    holds: one.holders.includes(org),
    others_hold: one.holders.filter((holder) => holder !== org),
    here: one.present.some((here) => here.person === person),
    ringing: ringing(one),
    accord: accords.accordOf(frame, one),
    accords_here: accords.here(frame, one),
    consultations: consulted.questions(frame, one),
    care_report: cared.reportOf(frame, one),
    care_reports: cared.here(frame, one),
    action: actions.actionOf(frame, one),
    plans: plans(frame, one),
    divided: divided(one),
    chains: waits.inChains(rows),
    requests_to_us: waits.requestsTo(one, org),
    for_all: forAll(one, plans(frame, one), rows),
    opening: one.opened ? itemOf(one, one.opened.entry) : null,
    closing: one.closed ? itemOf(one, one.closed.entry) : null,
    people_here: peopleHere(frame, one),
    offers: offers(one, org),
    offers_to_me: offersTo(one, org),
    questions_to_me: questionsTo(one, org),
    safety_to_answer: safetyFor(one, frame.viewer),
    asks_of_me: one.asked_handovers.filter((asked) => !asked.answered && asked.from === org),
    ...asking(one, org),
    ...missed.facts(frame, one),
    gives: gives(one, org),
    duties: dutiesOf(one),
    absent: Object.values(frame.organisations).filter(({ id }) => !one.organisations.includes(id)),
    leavable: leavable(frame, one),
    removable: removable(one),
    looks: one.timeline.filter((item) => item.kind === "card.looked"),
    anonymous: isAnonymous(one),
    begins: begins(one),
    card_guides: guidesOf(frame, one),
    recent: withQuotes(one, one.timeline.slice(-RECENT).reverse()),
    earlier: Math.max(0, one.timeline.length - RECENT),
  };
}

export const ringing = (one) => one.alarms.filter((alarm) => !alarm.ended).map((alarm) => alarm.item);

export function plans(frame, one) {
  return one.plan.heads.map((head) => {
    const agreed = one.plan.agreed.filter((said) => said.plan === head.id);
    const orgs = [...new Set([head.org, ...agreed.map((said) => said.org)])].sort();
    const domains = orgs.map((org) => frame.organisations[org]?.domain);
    return { item: head, orgs, both: ["police", "care"].every((domain) => domains.includes(domain)), mine: orgs.includes(frame.viewer.org) };
  });
}

function forAll(one, standing, rows) {
  const told = new Set(one.timeline.filter(({ audience }) => audience === "all").map(({ id }) => id));
  const opening = one.opened ? itemOf(one, one.opened.entry) : null;
  return {
    opening: shared(opening ? [opening] : [], told)[0] ?? null,
    ringing: shared(ringing(one), told),
    present: shared(one.present, told),
    risk: Object.fromEntries(Object.entries(one.risk).map(([whom, judged]) => [whom, judgedForAll(judged, told)])),
    approach: shared(one.approach, told),
    pictures: shared(one.picture.heads, told),
    plans: shared(standing, told),
    agreements: shared(one.agreements.filter(({ done }) => !done), told),
    waits: shared(rows.filter(({ waiting }) => waiting), told),
  };
}

const shared = (rows, told) => rows.filter((row) => (row.item ?? row).audience === "all").map((row) => sharedRow(row, told));

const sharedRow = (row, told) =>
  row.item ? { ...row, item: sharedRow(row.item, told) } : { ...row, corrections: row.corrections.filter(({ id }) => told.has(id)) };

function judgedForAll(judged, told) {
  const heads = shared(judged.heads, told);
  const levels = heads.map(({ body }) => [LEVELS.indexOf(body.level), body.acute === true]);
  return {
    level: levels.length ? LEVELS[Math.max(...levels.map(([level]) => level))] : null,
    acute: levels.some(([, acute]) => acute),
    disagreement: new Set(levels.map(String)).size > 1,
    heads,
  };
}

export function divided(one) {
  const readers = (name) => one[name].heads.map(({ audience }) => audience);
  return ["picture", "plan", "transport"].filter((name) => new Set(readers(name)).size < readers(name).length);
}

export function leavable(frame, one) {
  const stay = [frame.viewer.org, ...one.holders, one.opened?.org];
  return one.organisations.filter((org) => Object.hasOwn(frame.organisations, org) && !stay.includes(org));
}

export const removable = ({ opened, joined }) => (opened ? joined.filter((person) => person !== opened.by) : []);

const peopleHere = (frame, one) => one.present.map((here) => ({ ...here, works_for: here.organisation || worksFor(frame, here) }));

function worksFor(frame, { person, item }) {
  if (Object.hasOwn(frame.people, person)) return frame.people[person].org;
  return person === item.by ? item.org : null;
}

const offersTo = (one, org) => one.handovers.filter((offer) => offer.open && offer.to === org);

function offers(one, org) {
  const rows = one.handovers.map((offer) => {
    const mine = offer.to === org;
    const stays = offer.state === "accepted" && one.holders.includes(offer.from);
    return {
      ...offer,
      item: content(offer.item),
      state_words: offer.state === "accepted" && !stays ? "handover.taken" : `state.${offer.state}`,
      stays,
      to_answer: mine && offer.open,
      to_regret: mine && offer.state === "declined",
      to_release: mine && stays,
      to_withdraw: offer.from === org && offer.open,
    };
  });
  return rows.sort((a, b) => b.to_answer - a.to_answer || b.open - a.open);
}

function asking(one, org) {
  const asked = one.asked_handovers.filter((ask) => !ask.answered && ask.item.org === org && one.holders.includes(ask.from));
  const free = !one.holders.includes(org) && !offersTo(one, org).length;
  return { asked_by_me: asked, askable: one.holders.filter((holder) => free && !asked.some((ask) => ask.from === holder)) };
}

export function gives(one, org) {
  const opening = one.opened?.org === org ? [one.opened.entry] : [];
  return [...opening, ...one.handovers.filter((offer) => offer.to === org && offer.acceptances.length).map((offer) => offer.item.id)];
}

const dutiesOf = (one) => one.duties.map((duty) => ({ ...duty, item: itemOf(one, duty.entry) }));

export function form({ frame, card: one, kind, values, errors, query, fragment, id = null, supersedes = null, named = [] }) {
  const asked = Object.fromEntries(Object.entries(query).map(([name, text]) => [name, [text]]));
  const addresses = kind === "report.decided" ? domiciles(frame, one, frame.directory) : [];
  const begun = started(frame, one, kind, { ...asked, ...values }, addresses);
  const known = { ...begun, ...asked, ...values };
  const { person, org } = frame.viewer;
  const replaced = supersedes ?? headsOf(one, kind, known);
  const anonymous = isAnonymous(one);
  const heads = replaced.map((entry) => itemOf(one, entry)).filter(Boolean);
  const spoken = ["offer", "plan", "entry", "agreement", "alarm", "question", "arrest", "request", "follow_up", "search", "talk", "asked"];
  const about = [itemOf(one, first(known, spoken))].filter(Boolean);
  const audiences = audiencesOf(one, kind, first(known, [KINDS[kind].audience_of ?? ""])).filter((whom) => theirs(frame).includes(whom));
  return screen(fragment ? "card/form.html" : "card/form_page.html", {
    ...frame,
    card: one,
    kind,
    id: id ?? "",
    supersedes: replaced.join(","),
    fields: Object.keys(KINDS[kind].fields).map((name) => fieldOf(frame, kind, name, known, errors, anonymous, begun)),
    services: NAMES_SERVICES.includes(kind) ? waits.choices(frame, one) : [],
    domiciles: addresses,
    address: givenAddress(known.domicile ?? [], addresses),
    leaves_holding: kind === "presence.left" && known.person?.length ? leftHolding(one, { person: known.person[0] }, person, org) : null,
    questions: one.handovers.filter(({ item }) => known.offer?.length === 1 && item.id === known.offer[0]).flatMap(({ questions }) => questions),
    named,
    problems: problems(kind, errors),
    audience: [first(known, ["audience"]), KINDS[kind].audience, audiences[0]].find((whom) => audiences.includes(whom)),
    audiences: KINDS[kind].choose_audience ? audiences : [],
    beside: heads.length > 0,
    about: withQuotes(one, about).map(content)[0] ?? null,
    heads,
    duties: kind === "card.closed" ? dutiesOf(one) : [],
    other: "other" in known,
    others: Object.values(frame.organisations).filter((other) => eligible(frame, one, kind).includes(other.id)),
  });
}

export const theirs = (frame) => ["all", frame.viewer.domain, "org"];

function eligible(frame, one, kind) {
  const known = Object.keys(frame.organisations).filter((org) => org !== frame.viewer.org);
  if (kind === "card.unshared") return leavable(frame, one);
  if (kind === "card.shared") return known.filter((org) => !one.organisations.includes(org));
  return kind === "handover.requested" ? known.filter((org) => one.holders.includes(org)) : known;
}

const isSaid = (value) => Boolean(value) && (typeof value !== "object" || Object.keys(value).length > 0);

function content(offer) {
  const body = offer.body !== null && typeof offer.body === "object" ? offer.body : {};
  return { ...offer, told: SBAR.filter((name) => isSaid(body[name])), missing: SBAR.filter((name) => !isSaid(body[name])) };
}

function started(frame, one, kind, given, addresses) {
  if (kind === "presence.arrived" && !("other" in given)) return { person: [frame.viewer.person], position: ["in_sight"] };
  if (kind === "handover.offered") {
    const names = Object.fromEntries(Object.values(frame.organisations).map(({ id, name }) => [id, name]));
    const told = Object.entries(prefill(one, wordsOf(frame.lang), names));
    return { gives: gives(one, frame.viewer.org), ...Object.fromEntries(told.map(([name, text]) => [name, [text]])) };
  }
  if (kind === "action.prepared") return actions.begun(one.action.versions);
  if (kind === "accord.set") return actions.begun(one.accord.versions);
  const missing = kind === "handover.asked" ? notSaid(frame, one, first(given, ["offer"])) : "";
  if (missing) return { text: [missing] };
  if (kind === "contact.kept" && one.contact.heads.length) {
    const agreed = one.contact.heads.at(-1).body;
    return Object.fromEntries(["organisation", "rhythm"].filter((name) => typeof agreed[name] === "string").map((name) => [name, [agreed[name]]]));
  }
  if (kind === "missing.reported") return missed.begun(one);
  const address = proposed(frame, addresses);
  return kind === "report.decided" && address ? { domicile: [address] } : {};
}

function notSaid(frame, one, offer) {
  const found = one.handovers.find(({ item }) => item.id === offer);
  const missing = found ? content(found.item).missing : [];
  const known = wordsOf(frame.lang);
  const labels = VITAL.filter((name) => missing.includes(name)).map((name) => known[`field.handover.offered.${name}`] ?? known[`field.${name}`]);
  return labels.map((label) => `${label}?`).join(" ");
}

const SUBJECTS = {
  "picture.set": "picture", "plan.set": "plan", "transport.chosen": "transport", "report.decided": "report", "missing.reported": "missing",
  "urgency.judged": "urgency", "visit.planned": "visit", "visit.answered": "visit", "contact.kept": "contact",
};

function headsOf(one, kind, known) {
  const whom = first(known, ["for"]);
  if (ANSWERS.includes(kind) && kind !== "service.acknowledged") {
    return one.requests.find(({ item }) => item.id === first(known, ["request"]))?.heads ?? [];
  }
  if (["accord.set", "accord.withdrawn"].includes(kind)) return [...one.accord.versions, ...one.accord.withdrawn].map(({ id }) => id);
  if (["action.prepared", "action.called_off"].includes(kind)) return [...one.action.versions, ...one.action.called_off].map(({ id }) => id);
  if (kind === "risk.assessed" && whom in one.risk) return one.risk[whom].heads.map((head) => head.id);
  return SUBJECTS[kind] ? one[SUBJECTS[kind]].heads.map((head) => head.id) : [];
}

function fieldOf(frame, kind, name, known, errors, anonymous, begun) {
  const field = KINDS[kind].fields[name];
  const given = known[field.type === "override" ? "override.reason" : name] ?? [];
  return {
    name,
    type: field.type,
    required: Boolean(field.required || field.required_when || missed.isVital(kind, name)),
    choices: field.choices ?? [],
    max: field.max ?? 200,
    given,
    value: given[0] ?? "",
    error: errors[name] ?? null,
    mine: given.length === 1 && given[0] === frame.viewer.person,
    watched: watched(kind, anonymous).includes(name),
    names_service: field.names === "service",
    in_book: field.names === "service" && given.length > 0 && waits.serviceOf(frame, given[0]) !== undefined,
    from_card: PREFILLED.includes(kind) && name in begun && name !== "gives" && asTyped(given) === asTyped(begun[name]),
    hinted: hinted(kind, name),
  };
}

export const fieldsOf = (frame, kind, values, errors, begun = {}) =>
  Object.keys(KINDS[kind].fields).map((name) => ({ ...fieldOf(frame, kind, name, values, errors, false, begun), kind }));

const asTyped = (texts) => JSON.stringify(texts.map((text) => text.replaceAll("\r\n", "\n")));

export function problems(kind, errors) {
  const known = Object.keys(KINDS[kind].fields).filter((name) => name in errors);
  return [...known, ...Object.keys(errors).filter((name) => !known.includes(name))].map((field) => ({ field, code: errors[field] }));
}

const first = (known, names) => names.map((name) => known[name]?.[0]).find(Boolean) ?? "";
