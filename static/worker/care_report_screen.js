/** Care reports as pages; pure, twin of blueprints/care_report_screen.py. */
import { lacks, VITAL } from "../card/care_report.js";
import { groundAsked } from "../card/doubt.js";
import { trimmed } from "../card/entry.js";
import { readForm } from "../card/form.js";
import { prefillReport } from "../card/prefill.js";
import { TYPES } from "../card/vocabulary.js";
import * as cared from "./cared.js";
import * as screen from "./screen.js";
import { wordsOf } from "./words.js";

const SENT = "care_report.sent";
const SITUATION = TYPES.care_report.situation;
const GROUPS = ["for_us", "by_us", "taken_up", "done"];
const APART = ["incomplete"];
const newestFirst = (a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

export function careReportList({ frame, cards }) {
  const rows = [...cards].sort(newestFirst).map((one) => cared.row(frame, one));
  return { template: "care_reports/list.html", context: { ...frame, groups: screen.inGroups(rows, GROUPS) } };
}

export function careReportForm({ frame, card, incident, values, errors }) {
  const begun = beginsWith(frame, incident);
  const known = Object.keys(values).length ? values : begun;
  const fields = screen.fieldsOf(frame, SENT, known, errors, begun).filter(({ name }) => !APART.includes(name));
  const place = screen.fieldsOf(frame, "card.opened", known, errors).find(({ name }) => name === "place");
  return {
    template: "care_reports/new.html",
    context: {
      ...frame,
      card_id: card,
      incident: incident?.id ?? null,
      kind: SENT,
      fields: fields.toSpliced(3, 0, place).map((one) => ({ ...one, required: one.required || VITAL.includes(one.name) })),
      others: receivers(frame),
      problems: screen.problems(SENT, errors),
      lacking: Object.values(errors).includes("vital_report"),
      audiences: incident ? screen.theirs(frame) : [],
      audience: known.audience?.[0] ?? "all",
    },
  };
}

export function careReportPrint({ frame, card }) {
  return { template: "care_reports/print.html", context: { ...frame, card, care_report: cared.reportOf(frame, card) } };
}

function beginsWith(frame, incident) {
  if (!incident) return {};
  const place = typeof incident.place === "string" ? trimmed(incident.place) : "";
  const told = { ...prefillReport(incident, wordsOf(frame.lang), frame.viewer.org), ...(place && { place }) };
  return Object.fromEntries(Object.entries(told).map(([name, text]) => [name, [text]]));
}

const receivers = ({ organisations, viewer }) => Object.values(organisations).filter(({ id }) => id !== viewer.org);

/** → [body with its place, errors] */
export function readCareReport(frame, fields) {
  const [body, wrong] = readForm(SENT, fields, frame.now);
  const [opened, misplaced] = readForm("card.opened", { place: fields.place ?? [], situation: [SITUATION] }, frame.now);
  if ("to" in body && !receivers(frame).some(({ id }) => id === body.to)) wrong.to = "wrong";
  const missing = lacks(body);
  const asked = body.incomplete ? [] : missing.map((name) => [name, "vital_report"]);
  if (!missing.length || !body.incomplete) delete body.incomplete;
  const errors = { ...Object.fromEntries(asked), ...wrong, ...misplaced };
  const fine = !Object.keys(errors).length;
  const ground = fine ? groundAsked(SENT, body, "all") ?? groundAsked("card.opened", { ...opened, ...groundOf(body) }, "all") : null;
  return [{ ...body, place: opened.place ?? null }, { ...errors, ...(ground ? { ground } : {}) }];
}

export function reportDrafts({ place, ...body }) {
  return [
    { kind: "card.opened", body: { situation: SITUATION, place, type: "care_report", ...groundOf(body) } },
    { kind: SENT, body },
  ];
}

export function made({ to, to_name }, report) {
  return { report, ...(to && { to }), ...(to_name && { to_name }) };
}

const groundOf = ({ ground }) => (ground ? { ground } : {});
