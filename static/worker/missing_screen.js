/** Missing persons as pages; pure, twin of blueprints/missing_screen.py. */
import { groundAsked, namesAsked } from "../card/doubt.js";
import { readForm } from "../card/form.js";
import { TYPES } from "../card/vocabulary.js";
import * as screen from "./screen.js";

const SITUATION = TYPES.missing.situation;
const newestFirst = (a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

export function missingList({ frame, cards }) {
  const rows = [...cards].sort(newestFirst).map((one) => screen.summary(frame, one));
  const gone = rows.filter((row) => !row.back && !row.closed);
  return {
    template: "missing/list.html",
    context: {
      ...frame,
      gone: screen.alarmsFirst(gone.sort((a, b) => (a.urgency !== "urgent") - (b.urgency !== "urgent"))),
      returned: rows.filter((row) => row.back || row.closed),
    },
  };
}

export function reportForm({ frame, card, values, errors, named }) {
  const others = reachable(frame);
  const known = Object.keys(values).length || others.length !== 1 ? values : { organisation: [others[0].id] };
  return {
    template: "missing/new.html",
    context: {
      ...frame,
      card_id: card,
      kind: "missing.reported",
      fields: [
        ...screen.fieldsOf(frame, "missing.reported", known, errors),
        ...screen.fieldsOf(frame, "card.shared", known, errors).filter(({ name }) => name === "organisation"),
      ],
      others,
      problems: screen.problems("missing.reported", errors),
      named,
    },
  };
}

export const reachable = ({ organisations, viewer }) => Object.values(organisations).filter(({ domain }) => domain !== viewer.domain);

/** → [body, errors, named] */
export function readReport(frame, fields) {
  const [body, wrong] = readForm("missing.reported", fields, frame.now);
  const [shared, unshared] = readForm("card.shared", fields, frame.now);
  const errors = { ...wrong, ...unshared };
  if (!unshared.organisation && !reachable(frame).some(({ id }) => id === shared.organisation)) errors.organisation = "wrong";
  const fine = !Object.keys(errors).length;
  const ground = fine ? groundAsked("missing.reported", body, "all") : null;
  const named = fine && !("keep_names" in fields) ? namesAsked("missing.reported", body, false) : [];
  return [{ ...body, ...shared }, { ...errors, ...(ground ? { ground } : {}) }, named];
}

export function drafts({ organisations, viewer }, { organisation, ...body }) {
  const worksAt = organisations[viewer.org]?.name || viewer.org;
  const opened = { situation: SITUATION, place: body.last_seen || worksAt, about: body.about, type: "missing" };
  return [
    { kind: "card.opened", body: { ...opened, ...("ground" in body ? { ground: body.ground } : {}) } },
    { kind: "missing.reported", body },
    { kind: "card.shared", body: { organisation } },
  ];
}
