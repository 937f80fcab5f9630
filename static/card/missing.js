/** Missing person (vermist); twin of card/missing.py. */
import { heads } from "./heads.js";
import { normal } from "./language.js";
import { KINDS } from "./vocabulary.js";

export const VITAL = KINDS["missing.reported"].vital.fields;

export const reporter = (log) => log.of("missing.reported")[0]?.org ?? null;

export const isBack = (log) => log.of("missing.back").length > 0;

export function missing(log) {
  const reports = log.of("missing.reported");
  return {
    reporter: reporter(log),
    since: reports[0]?.at ?? null,
    heads: log.items(heads(reports)),
    searches: done(log, "search", log.of("search.agreed"), "search.done"),
    sightings: log.items(log.of("sighting.noted")),
    found: log.items(log.of("missing.found")),
    back: log.items(log.of("missing.back")),
    talks: done(log, "talk", log.of("return_talk.agreed"), "return_talk.done"),
  };
}

export const lacks = (body) => VITAL.filter((name) => !((typeof body[name] === "string" || Array.isArray(body[name])) && body[name].length));

export function asksToConfirm({ missing: told, closed }) {
  return told.found.some(({ org }) => org !== told.reporter) && !told.back.length && !closed;
}

export function pattern(card, cards) {
  const alias = called(card);
  const same = cards.filter((one) => alias && one.id !== card.id && one.types.includes("missing") && called(one) === alias);
  return same.sort((a, b) => (a.id < b.id ? 1 : -1)).map(earlier);
}

function earlier({ id, opened, urgency, missing: told }) {
  const where = [...told.back.map(({ body }) => body.found_at), ...told.found.map(({ body }) => body.where)];
  return {
    card: id,
    at: told.since ?? opened?.at ?? null,
    urgency: urgency.level,
    found: where.find((one) => typeof one === "string" && one) ?? null,
    back: told.back[0]?.at ?? null,
  };
}

const called = ({ about }) => (typeof about === "string" ? normal(about).replaceAll(" . ", " ").trim() : "");

function done(log, field, begun, ended) {
  const endings = log.byLink(field, ended);
  return begun.map((entry) => ({ item: log.item(entry), done: last(log, endings.get(entry.id) ?? []) }));
}

const last = (log, said) => (said.length ? log.item(said.at(-1)) : null);
