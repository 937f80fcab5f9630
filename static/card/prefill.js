/** Prefill: what a handover or a care report can begin with because the card knows it already, and everybody may read it; twin of card/prefill.py. */
import { clock } from "./clock.js";
import { trimmed } from "./entry.js";
import { KINDS, LEVELS, RISK_FOR } from "./vocabulary.js";

const FIELDS = KINDS["handover.offered"].fields;
export const SBAR = Object.keys(FIELDS).filter((name) => !["to", "gives", "ground"].includes(name));
const NOTED = ["found", "does", "says", "used", "means", "since", "note"];
const FACTS = { weapons: ["weapon"], substances: ["substances"], left_behind: ["children", "animals"] };
const FROM_NOTES = { found: "found", weapons: "means", substances: "used" };

const own = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);
const word = (words, key) => own(words, key) ?? key;
const lines = (texts) => texts.filter(Boolean).join("\n");
const spaced = (texts) => texts.filter(Boolean).join(" ");
const lengthOf = (text) => [...text].length;

/** `words`: what things are called by key; `names`: the organisations by id. */
export function prefill(card, words, names) {
  const before = earlier(card);
  const told = toldOf(card, words, names, null);
  if (before) {
    const since = toldOf(card, words, names, before);
    for (const [field, said] of Object.entries(offered(before))) told[field] = later(field, said, since[field] ?? "");
  }
  return Object.fromEntries(SBAR.filter((field) => told[field]).map((field) => [field, cut(told[field], FIELDS[field].max)]));
}

export function prefillReport(card, words, org) {
  const mayPass = (items) => forAll(card, items, null).filter((item) => item.org === org || !item.body.ground);
  const { fields } = KINDS["care_report.sent"];
  const opened = mayPass(openingOf(card));
  const children = RISK_FOR.flatMap((whom) => mayPass(card.risk[whom].heads)).filter((head) => factsOf(head).includes("children"));
  const level = Math.max(-1, ...mayPass(card.risk.client.heads).map(({ body }) => LEVELS.indexOf(body.level)));
  const asked = mayPass(card.consultations.map(({ item }) => item));
  const told = {
    whom: lines(opened.map((item) => textOf(item, "about"))),
    situation: lines([
      ...mayPass(card.picture.heads).map((item) => noted(item, "problem", words)),
      ...asked.map((item) => noted(item, "text", words)),
      ...opened.slice(0, 1).map(() => named(card, words)),
    ]),
    facts: newest(mayPass(card.observations).map((item) => note(item, words)), fields.facts.max),
    children: children.length ? "yes" : "",
    children_note: lines(children.map((head) => textOf(head, "note"))),
    level: fields.level.choices.includes(LEVELS[level]) ? LEVELS[level] : "",
    done: lines([...mayPass(card.plan.heads).map((item) => noted(item, "plan", words)), ...mayPass(card.transport.heads).map((item) => drives(item, words))]),
  };
  return Object.fromEntries(Object.entries(told).filter(([, text]) => text).map(([field, text]) => [field, cut(text, fields[field].max)]));
}

const later = (field, said, since) => (field === "assessment" ? since || said : lines([said, since]));

function toldOf(card, words, names, after) {
  const notes = forAll(card, card.observations, after);
  const judged = RISK_FOR.map((whom) => [whom, forAll(card, card.risk[whom].heads, after)]);
  const heads = judged.flatMap(([, standing]) => standing);
  const told = {
    situation: lines(situation(card, words, after)),
    background: newest(notes.map((item) => note(item, words)), FIELDS.background.max),
    assessment: lines(judged.filter(([, standing]) => standing.length).map(([whom, standing]) => risk(whom, standing, words, names))),
    if_then: lines(forAll(card, card.plan.heads, after).map((item) => turns(item, words))),
    found: lines(notes.map((item) => noted(item, "found", words))),
  };
  for (const [field, facts] of Object.entries(FACTS)) told[field] = lines([...because(heads, facts, words), ...fromNotes(notes, field, words)]);
  return Object.fromEntries(Object.entries(told).filter(([, text]) => text));
}

function situation(card, words, after) {
  const opening = forAll(card, openingOf(card), after);
  const where = opening.flatMap((item) => [textOf(item, "about"), textOf(item, "place")]);
  return [
    ...forAll(card, card.picture.heads, after).map((item) => noted(item, "problem", words)),
    [opening.length ? named(card, words) : "", ...where].filter(Boolean).join(". "),
    ...opening.map((item) => corrected(item, words)),
    ...forAll(card, card.transport.heads, after).map((item) => drives(item, words)),
  ];
}

const openingOf = ({ timeline, opened }) => timeline.filter(({ id }) => id === opened?.entry);

function named({ situation: slug }, words) {
  const plain = typeof slug === "string" ? slug.replaceAll("-", "_") : "";
  return own(words, `situation.${plain}`) ?? plain.replaceAll("_", " ");
}

function drives(item, words) {
  const reason = textOf(item, "reason");
  const by = `${word(words, "kind.transport.chosen")}: ${word(words, `choice.by.${item.body.by}`)}`;
  return spaced([by, reason && `(${reason})`, corrected(item, words)]);
}

function turns({ body }, words) {
  return Array.isArray(body.if_then) ? lines(body.if_then.map((rule) => turn(rule, words))) : "";
}

function turn(rule, words) {
  if (rule === null || typeof rule !== "object" || Array.isArray(rule)) return typeof rule === "string" ? trimmed(rule) : "";
  const half = (name) => (typeof own(rule, name) === "string" ? rule[name] : "…");
  return word(words, "plan.if_then").replace("{if}", () => half("if")).replace("{then}", () => half("then"));
}

function note(item, words) {
  const said = NOTED.filter((name) => textOf(item, name)).map((name) => `${label(name, words)}: ${textOf(item, name)}`);
  const source = typeof item.body.source === "string" && own(words, `choice.source.${item.body.source}`);
  return spaced([clock(item.at), said.join("; "), source && `(${source})`, corrected(item, words)]);
}

function risk(whom, heads, words, names) {
  const about = `${word(words, `choice.for.${whom}`)}:`;
  if (heads.length === 1) return `${about} ${judgement(heads[0], words)}`;
  const differ = new Set(heads.map(({ body }) => `${body.level} ${body.acute === true}`)).size > 1;
  const sides = heads.map((head) => `${own(names, head.org) ?? head.org} ${clock(head.at)}: ${judgement(head, words)}`);
  return [about, ...(differ ? [word(words, "risk.disagreement")] : []), sides.join(" / ")].join(" ");
}

function judgement(head, words) {
  const acute = head.body.acute === true ? [word(words, "risk.acute")] : [];
  const facts = factsOf(head).map((fact) => word(words, `choice.facts.${fact}`)).join(", ");
  const level = [word(words, `choice.level.${head.body.level}`), ...acute].join(", ");
  return spaced([level, facts && `(${facts})`, textOf(head, "note"), corrected(head, words)]);
}

const because = (heads, facts, words) =>
  heads.flatMap((head) =>
    factsOf(head)
      .filter((fact) => facts.includes(fact))
      .map((fact) => [word(words, `choice.facts.${fact}`), textOf(head, "note")].filter(Boolean).join(": ")),
  );

const fromNotes = (notes, field, words) => (FROM_NOTES[field] ? notes.map((item) => noted(item, FROM_NOTES[field], words)) : []);

const factsOf = ({ body }) => (Array.isArray(body.facts) ? body.facts.filter((fact) => typeof fact === "string") : []);

function noted(item, name, words) {
  const text = textOf(item, name);
  return text ? spaced([text, corrected(item, words)]) : "";
}

const corrected = (item, words) => item.corrections.map((said) => `(${word(words, "card.corrected")} ${said.text})`).join(" ");

function forAll(card, items, after) {
  const whom = new Map(card.timeline.map((item) => [item.id, item.audience]));
  const isAfter = (item) => !after || item.at > after.at || (item.at === after.at && item.id > after.id);
  return items.filter((item) => item.audience === "all" && item.corrections.every((said) => whom.get(said.id) === "all") && isAfter(item));
}

function earlier(card) {
  const made = card.handovers.map(({ item }) => item).filter((item) => !item.corrections.length);
  return forAll(card, made, null).at(-1) ?? null;
}

function offered(item) {
  const said = SBAR.map((name) => [name, textOf(item, name)]);
  return Object.fromEntries(said.filter(([name, text]) => text && (name !== "searched" || FIELDS.searched.choices.includes(text))));
}

function textOf(item, name) {
  const said = own(item.body, name);
  return typeof said === "string" ? trimmed(said) : "";
}

const label = (name, words) => own(words, `field.observation.noted.${name}`) ?? own(words, `field.${name}`) ?? name;

function newest(texts, most) {
  let room = most - 1;
  let kept = 0;
  while (kept < texts.length && (room -= lengthOf(texts.at(-1 - kept)) + 1) >= 0) kept += 1;
  kept = Math.max(kept, 1);
  return lines(kept >= texts.length ? texts : ["…", ...texts.slice(-kept)]);
}

function cut(text, most) {
  const letters = [...text];
  return most === undefined || letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}
