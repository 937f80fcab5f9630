/** Visits on this phone, also in a basement. Twin of blueprints/visits.py. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { fromServer, html, reasonOf, seeOther } from "./answer.js";
import { folded, foldedOfType } from "./folded.js";
import { replaced } from "./reach.js";
import { frame, now } from "./session.js";
import * as screen from "./visits_screen.js";
import { fieldsOf, writeEntries } from "./writing.js";

const mine = ({ log }) => foldedOfType(log, "visit", "contact");
const colleaguesOf = async ({ log }) => (await log.meta("colleagues")) ?? {};
const idOf = (fields) => (isUuid7(fields.card?.[0]) ? fields.card[0] : newId());
const isPolice = ({ me }) => me.domain === "police";

export async function overview({ held }) {
  return html(screen.overview({ frame: await frame(held), cards: await mine(held) }));
}

export async function newVisit({ held, url }) {
  if (!isPolice(held)) return seeOther("/visits/ask");
  const { to: id, contact } = Object.fromEntries(url.searchParams);
  const to = await visited(held, id);
  if (to === undefined) return null;
  const [base, cards] = [await frame(held), await mine(held)];
  const whom = screen.contactRows(base, cards).filter(({ card }) => card === contact).map((row) => row.whom);
  const values = { card: [newId()], whom, ...(to?.visit.asked.length ? { share: ["true"] } : {}) };
  return html(screen.newVisit({ frame: base, cards, to, values, errors: {} }));
}

/** One visit: it is on this phone before anybody else knows of it. */
export async function logVisit(asked) {
  const { held, request } = asked;
  const fields = await fieldsOf(request);
  const [base, cards, to] = [await frame(held), await mine(held), await visited(held, fields.to?.[0])];
  if (!isPolice(held) || to === undefined) return null;
  const [drafts, errors, key] = screen.readVisit(base, fields, to);
  const again = (wrong, status) => html(screen.newVisit({ frame: base, cards, to, values: fields, errors: wrong }), { status });
  if (Object.keys(errors).length) return again(errors, 422);
  const id = idOf(fields);
  const first = to ? [{ ...drafts[0], id }, ...drafts.slice(1)] : drafts;
  const contact = screen.contactOf(cards, key);
  const { on } = drafts.find(({ kind }) => kind === "visit.logged").body;
  return written(asked, again, async (write) => {
    if (to ? to.timeline.some((item) => item.id === id) : (await held.log.entriesOf(id)).length) return;
    const also = contact ? [{ card: contact.id, kind: "contact.visited", body: { on }, audience: "org" }] : [];
    await write(to?.id ?? id, [...first, ...also]);
  });
}

export async function ask({ held }) {
  return html(screen.askVisit({ frame: await frame(held), values: { card: [newId()] }, errors: {} }));
}

export async function asked(given) {
  const { held, request } = given;
  const [base, fields] = [await frame(held), await fieldsOf(request)];
  const [drafts, errors] = screen.readQuestion(base, fields);
  return opened(given, fields, drafts, errors, (wrong) => screen.askVisit({ frame: base, values: fields, errors: wrong }));
}

export async function newContact({ held }) {
  return html(screen.newContact({ frame: await frame(held), cards: await mine(held), values: { card: [newId()] }, errors: {} }));
}

export async function keepContact(given) {
  const { held, request } = given;
  const [base, cards, fields] = [await frame(held), await mine(held), await fieldsOf(request)];
  const [drafts, errors] = screen.readContact(base, fields);
  return opened(given, fields, drafts, errors, (wrong) => screen.newContact({ frame: base, cards, values: fields, errors: wrong }));
}

export async function handingOver({ held }) {
  const facts = { frame: await frame(held), cards: await mine(held), colleagues: await colleaguesOf(held) };
  return html(screen.handingOver({ ...facts, values: {}, errors: {} }));
}

export async function handOver(asked) {
  const { held, request } = asked;
  const [base, cards, colleagues, fields] = [await frame(held), await mine(held), await colleaguesOf(held), await fieldsOf(request)];
  const [body, errors] = screen.readHandingOver(colleagues, fields, now());
  const again = (wrong, status) => html(screen.handingOver({ frame: base, cards, colleagues, values: fields, errors: wrong }), { status });
  if (Object.keys(errors).length) return again(errors, 422);
  return written(asked, again, async (write) => {
    for (const { id, contact } of cards.filter(({ type, closed, contact: one }) => type === "contact" && !closed && one.keeper === held.me.person)) {
      await write(id, [{ kind: "contact.handed_over", body, audience: "org", supersedes: contact.handed_over.map((item) => item.id) }]);
    }
  });
}

/** Done, or not after all: one tap in my week. */
export async function followUp(asked) {
  const { held, params, request } = asked;
  const [card, fields] = [await folded(held.log, params.card), await fieldsOf(request)];
  const one = card?.visit.follow_ups.find(({ item }) => item.id === fields.follow_up?.[0]);
  if (!one) return null;
  const kind = "again" in fields ? "follow_up.reopened" : "follow_up.done";
  const { id, audience } = one.item;
  const draft = { kind, body: { follow_up: id }, audience, supersedes: replaced(card, one.heads, audience) };
  return written(asked, null, async (write) => {
    if ((kind === "follow_up.done") === (one.done === null)) await write(card.id, [draft]);
  });
}

/** The card of a visit that was asked for or planned; null where the address names none, undefined where this phone does not have it. */
async function visited({ log }, id) {
  if (!id) return null;
  const card = isUuid7(id) ? await folded(log, id) : null;
  return card?.types.includes("visit") ? card : undefined;
}

function opened(asked, fields, drafts, errors, form) {
  const again = (wrong, status) => html(form(wrong), { status });
  if (Object.keys(errors).length) return again(errors, 422);
  const id = idOf(fields);
  return written(asked, again, async (write) => {
    if (!(await asked.held.log.entriesOf(id)).length) await write(id, drafts);
  });
}

/** Writes, and goes to my week. A phone that cannot write hands it to the server; without one the form comes back as it was. */
async function written({ held, event, request }, again, work) {
  try {
    await work((card, drafts) => writeEntries(held, { event, request }, card, drafts));
  } catch (error) {
    console.warn(error);
    const answer = await fromServer(event);
    if (answer || !again) return answer;
    return again({ form: reasonOf(error) }, 507);
  }
  return seeOther("/visits");
}
