/** The JavaScript side of the comparison: one JSON line in, one out. `bundle.mjs` makes one file of it. */
import { createInterface } from "node:readline";

import { isOfTeam, isOnDuty, mayKeep, mayRead, mayReview, mayWrite, onCard } from "../../static/card/access.js";
import { groundAsked, namesAsked } from "../../static/card/doubt.js";
import { identifying } from "../../static/card/identifying.js";
import { hinted, hints, isPhrase, normal } from "../../static/card/language.js";
import { begins } from "../../static/card/begin.js";
import { fitting, isPast, offered, plain } from "../../static/card/guides.js";
import { looksSensitive } from "../../static/card/sensitive.js";
import { advise } from "../../static/card/sharing.js";
import { addressOf, sameAddress } from "../../static/card/address.js";
import { judge } from "../../static/card/admission.js";
import { clock, date, day, instantAt, localDay, minutesBetween, shownFrom, shownUntil, toClock, toDate, toInstant } from "../../static/card/clock.js";
import { canonical, parse, Rejected } from "../../static/card/entry.js";
import { fold } from "../../static/card/fold.js";
import { readForm } from "../../static/card/form.js";
import { leftHolding } from "../../static/card/leaving.js";
import { prefill, prefillReport } from "../../static/card/prefill.js";
import { receive, tick } from "../../static/card/hlc.js";
import { daysBetween, dueOn, isOverdue, weekOf, workingDay } from "../../static/card/rhythm.js";
import { membership } from "../../static/card/membership.js";
import { holidaysOn, isoDate, minuteOf, openness, spansOf, weekdayOf } from "../../static/card/opening_hours.js";
import { chains, withAgreed } from "../../static/card/service_request.js";
import { asksHow, owesOutcome } from "../../static/card/afterwards.js";
import { accordHere, beginsIncident, hears, howNotices, isQuiet, noticeOf, overdueNotices, planLate, reminder } from "../../static/card/notice.js";
import { lastReminder, nextReminder } from "../../static/card/reminding.js";
import { pattern } from "../../static/card/missing.js";
import { overdue, waited } from "../../static/card/waiting.js";
import { audienceOf } from "../../static/worker/reach.js";
import { readCareReport } from "../../static/worker/care_report_screen.js";
import { readContact, readHandingOver, readQuestion, readVisit } from "../../static/worker/visits_screen.js";

const told = (outcome) => (outcome instanceof Rejected ? { rejected: outcome.code, field: outcome.field } : { entry: canonical(outcome) });

const CALLS = {
  fold: (entries) => canonical(fold(entries)),
  placesInTimeLine: (entries) => fold(entries).timeline.map((item) => item.id),
  canonical,
  parse: (raw) => told(parse(raw)),
  parseText: (text) => told(parse(JSON.parse(text))),
  judge: (...given) => told(judge(...given)),
  readForm,
  toInstant,
  toClock,
  addressOf,
  sameAddress,
  toDate,
  instantAt,
  clock,
  date,
  day,
  begins,
  fitting,
  isPast,
  offered,
  plain,
  minutesBetween,
  readCareReport,
  readContact,
  readHandingOver,
  readQuestion,
  readVisit,
  daysBetween,
  dueOn,
  isOverdue,
  weekOf,
  workingDay,
  tick,
  receive,
  membership,
  mayRead,
  onCard,
  isOnDuty,
  mayWrite,
  isOfTeam,
  mayReview,
  audienceOf,
  groundAsked,
  namesAsked,
  prefillOf: (entries, words, names) => prefill(fold(entries), words, names),
  prefillReportOf: (entries, words, org) => prefillReport(fold(entries), words, org),
  leftHoldingOf: (entries, ...given) => leftHolding(fold(entries), ...given),
  identifying,
  hinted,
  hints,
  isPhrase,
  normal,
  looksSensitive,
  advise,
  withAgreed,
  chainsOf: (entries) => chains(fold(entries).requests).map((chain) => chain.map(({ item }) => item.id)),
  overdue,
  waited,
  mayKeep,
  localDay,
  shownFrom,
  shownUntil,
  openness,
  spansOf,
  holidaysOn,
  isoDate,
  minuteOf,
  weekdayOf,
  asksHow,
  owesOutcome,
  howNotices,
  noticeOf,
  accordHere,
  beginsIncident,
  planLate,
  overdueNotices,
  reminder,
  lastReminder,
  nextReminder,
  patternOf: (log, others) => pattern(fold(log), others.map(fold)),
  hears,
  isQuiet,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, given } = JSON.parse(line);
  let answer;
  try {
    answer = { value: CALLS[call](...given) ?? null };
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
