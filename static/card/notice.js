/** Notice (melding): who must hear at once of an entry; twin of card/notice.py. */
import { mayRead } from "./access.js";
import { action, notStarted } from "./action.js";
import { HOUR_MS } from "./afterwards.js";
import { cardTypes } from "./card_type.js";
import { receiver } from "./care_report.js";
import { clock, instantAt } from "./clock.js";
import { closed, closing } from "./closing.js";
import { meansSomething } from "./entry.js";
import { Gathered } from "./gathered.js";
import { offers } from "./handover.js";
import { byText } from "./heads.js";
import { millis } from "./hlc.js";
import { isBack, reporter } from "./missing.js";
import { latest } from "./presence.js";
import { lastReminder, occasion } from "./reminding.js";
import { holders } from "./responsibility.js";
import { isAcute, riskHeads } from "./risk.js";
import { requests, serviceOwner } from "./service_request.js";
import { LEVELS } from "./vocabulary.js";
import { overdue } from "./waiting.js";

export const NOTICES = [
  "alarm", "requested", "handover_offered", "safety_asked", "safety_answered", "invited", "promise_passed", "risk_higher", "taken_over",
  "person_found", "report_back", "care_report", "care_report_said", "plan_late", "accord_here", "how_was_it", "outcome_told",
];
export const HOW_PUSHED_MS = 2 * 24 * HOUR_MS;
export const NOTICED = [
  "alarm.raised", "card.opened", "card.shared", "card.turned",
  "care_report.answered", "care_report.asked", "care_report.done", "care_report.sent", "care_report.taken_up",
  "handover.accepted", "handover.offered", "missing.back", "missing.found", "outcome.told", "risk.assessed",
  "safety.answered", "safety.asked", "service.requested",
];
export const TO_POLICE = ["person_found", "safety_asked"];
export const DECIDING = [
  "action.agreed", "action.called_off", "action.prepared", "alarm.ended", "alarm.raised",
  "card.closed", "card.opened", "card.shared", "card.turned", "care_report.asked", "care_report.sent", "feedback.answered",
  "handover.accepted", "handover.declined", "handover.offered",
  "handover.released", "handover.withdrawn", "missing.back", "missing.found", "missing.reported", "outcome.told",
  "presence.arrived", "presence.left", "risk.assessed", "safety.asked", "service.acknowledged", "service.arrived",
  "service.cancelled", "service.declined", "service.promised", "service.requested",
];
const NAMING = {
  "service.requested": ["requested", "service"],
  "handover.offered": ["handover_offered", "to"],
  "card.shared": ["invited", "organisation"],
};

export function noticeOf(before, entry) {
  if (!NOTICED.includes(entry.kind) || !meansSomething(entry.kind, entry.body)) return null;
  return ofKind(new Gathered(before), new Gathered([...before, entry]), entry);
}

export function overdueNotices(entries, nowMs) {
  const log = new Gathered(entries);
  return closed(log) ? [] : requests(log).filter((one) => overdue(one, nowMs)).map((one) => overdueNotice(log, one));
}

export function missedBy(entries) {
  const log = new Gathered(entries);
  const org = reporter(log);
  return org === null || isBack(log) || closed(log) ? null : [log.of("missing.reported")[0], org];
}

export function reminder(entries, rule, nowMs) {
  const missed = missedBy(entries);
  const atMs = missed && lastReminder(millis(missed[0].at), rule, nowMs);
  if (!missed || atMs === null) return null;
  const [report, org] = missed;
  const found = notice("report_back", report, { organisations: [org] });
  const due = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return { ...found, entry: occasion(found.entry, atMs), about: { ...found.about, by: "" }, due };
}

export function planLate(entries, nowMs) {
  const log = new Gathered(entries);
  const plan = action(log);
  if (!notStarted({ type: cardTypes(log)[0], closed: closed(log), action: plan }, nowMs)) return null;
  const version = plan.versions.find(({ body }) => instantAt(body.day, body.start) === plan.starts);
  const sides = [...log.of("action.prepared"), ...log.of("action.agreed")].map(({ org }) => org);
  const found = notice("plan_late", version, { organisations: eachOnce(sides) });
  return { ...found, about: { ...found.about, by: "" }, due: plan.starts };
}

export function beginsIncident({ kind, body }) {
  if (kind === "card.opened") return ["incident", "missing"].includes(body.type || "incident");
  return kind === "card.turned" && body.into === "incident";
}

export function accordHere({ accord }, began) {
  const [version] = accord.versions;
  const agreed = [version, ...accord.agreed.filter((one) => one.accord === version.id)];
  const organisations = eachOnce(agreed.map(({ org }) => org)).filter((org) => org !== began.org);
  const found = notice("accord_here", version, { organisations, persons: eachOnce(agreed.map(({ by }) => by)) });
  return { ...found, entry: occasion(version.id, millis(began.at)), about: { ...found.about, by: began.by } };
}

export function howNotices(entries, hours, nowMs) {
  const log = new Gathered(entries);
  const end = closing(log);
  const said = new Set(log.of("feedback.answered").map(({ by }) => by));
  const moments = end ? [...new Set(Object.values(hours))].filter((afterH) => afterH !== 0).sort((a, b) => a - b) : [];
  return moments.flatMap((afterH) => {
    const fromMs = millis(end.at) + afterH * HOUR_MS;
    const persons = Object.keys(hours).filter((person) => hours[person] === afterH && !said.has(person));
    if (!persons.length || nowMs < fromMs || nowMs >= fromMs + HOW_PUSHED_MS) return [];
    const asked = notice("how_was_it", end, { persons });
    return [{ ...asked, about: { ...asked.about, by: "" }, due: `${new Date(fromMs).toISOString().slice(0, 19)}Z` }];
  });
}

export function hears(viewer, notice, members) {
  const there = notice.persons.includes(viewer.person);
  let called = there && (!notice.within.length || notice.within.includes(viewer.org));
  if (notice.kind === "alarm") called = there || viewer.domain === "police" || members.persons.includes(viewer.person);
  called ||= notice.organisations.includes(viewer.org) || (TO_POLICE.includes(notice.kind) && viewer.domain === "police");
  if (!called || notice.but.includes(viewer.org) || viewer.person === notice.about.by) return false;
  return (viewer.on_duty || (there && notice.kind === "alarm")) && mayRead(viewer, members, notice.about);
}

export function isQuiet(begins, ends, nowMs) {
  if (!begins || !ends) return false;
  const now = clock(`${String(nowMs).padStart(13, "0")}-`);
  return begins < ends ? begins <= now && now < ends : now >= begins || now < ends;
}

export const isSilenced = (kind, begins, ends, nowMs) => kind !== "alarm" && isQuiet(begins, ends, nowMs);

function ofKind(was, log, entry) {
  const { kind, body, org } = entry;
  if (kind === "alarm.raised") return notice("alarm", entry, { organisations: holders(log), persons: present(log) });
  if (kind === "risk.assessed") {
    return rises(was, log, body.for) ? notice("risk_higher", entry, { organisations: holders(log), persons: present(log) }) : null;
  }
  if (kind === "handover.accepted") return takenOver(log, entry);
  if (["missing.back", "missing.found"].includes(kind)) return notice("person_found", entry, { organisations: [reporter(log)].filter(Boolean) });
  if (kind === "safety.asked") return notice("safety_asked", entry, { but: [org] });
  if (kind === "safety.answered") return answered(log, entry);
  if (kind === "outcome.told") return notice("outcome_told", entry, { persons: [...new Set(log.entries.map(({ by }) => by))], but: [org] });
  if (kind.startsWith("care_report.")) return ofReport(log, entry);
  if (!NAMING[kind]) return null;
  const [what, field] = NAMING[kind];
  const named = kind === "service.requested" ? serviceOwner(body[field]) : body[field];
  return named === org ? null : notice(what, entry, { organisations: [named] });
}

function takenOver(log, entry) {
  const offer = offers(log).find((one) => one.entry.id === entry.body.offer);
  if (!offer || offer.receiver !== entry.org) return null;
  return notice("taken_over", entry, { persons: withWhoIsHere(log, offer.entry.by), within: [offer.giver] });
}

function answered(log, entry) {
  const asked = log.of("safety.asked").find(({ id }) => id === entry.body.question);
  return asked ? notice("safety_answered", entry, { persons: withWhoIsHere(log, asked.by), within: [asked.org] }) : null;
}

const withWhoIsHere = (log, person) => [person, ...present(log).filter((one) => one !== person)];

function ofReport(log, entry) {
  const { kind, body, org } = entry;
  if (kind === "care_report.sent") return receiver(entry) === org ? null : notice("care_report", entry, { organisations: [receiver(entry)] });
  const [field, asked] = kind === "care_report.answered" ? ["asked", "care_report.asked"] : ["report", "care_report.sent"];
  const to = log.of(asked).find(({ id }) => id === body[field])?.org ?? org;
  return to === org ? null : notice("care_report_said", entry, { organisations: [to] });
}

function overdueNotice(log, { item: asked, answers, due }) {
  const setBy = answers.filter((said) => said.kind === "service.promised" && said.body.until === due).at(-1) ?? asked;
  const holding = holders(log);
  const waiting = holding.includes(asked.org) ? holding : [...holding, asked.org];
  const found = notice("promise_passed", asked, { organisations: waiting, persons: present(log), but: [serviceOwner(asked.body.service)] });
  return { ...found, entry: setBy.id, about: { ...found.about, by: "" }, due };
}

function present(log) {
  const here = latest(log).filter((one) => one.kind === "presence.arrived").map((one) => one.body.person);
  return here.filter((person) => typeof person === "string");
}

function rises(was, log, whom) {
  const before = riskHeads(was)[whom];
  const after = riskHeads(log)[whom];
  if (after.some(isAcute) && !before.some(isAcute)) return true;
  return level(after) > (before.length ? level(before) : LEVELS.indexOf("low"));
}

const eachOnce = (texts) => [...new Set(texts)].sort(byText);

const level = (heads) => Math.max(-1, ...heads.map((entry) => LEVELS.indexOf(entry.body.level)));

function notice(kind, entry, whom) {
  const { id, by, org, audience } = entry;
  return { kind, entry: id, about: { by, org, audience }, due: "", organisations: [], persons: [], within: [], but: [], ...whom };
}
