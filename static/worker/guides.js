/** Guides on this phone, from the shelf, also in a basement. Twin of blueprints/guides.py. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { fromServer, html, reasonOf, seeOther } from "./answer.js";
import { folded } from "./folded.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";
import { fieldsOf, writeEntries } from "./writing.js";

export async function all({ held, params }) {
  const [base, card] = await Promise.all([frame(held), cardOf(held, params)]);
  return card === undefined ? null : html(screen.guides({ frame: base, card }));
}

export async function one({ held, params }) {
  const [base, card] = await Promise.all([frame(held), cardOf(held, params)]);
  const guide = base.guides.find(({ id }) => id === params.guide);
  return guide && card !== undefined ? html(screen.guide({ frame: base, guide, card, ids: newIds(guide), errors: {}, values: {} })) : null;
}

/** The steps that were ticked become agreements on the card. */
export async function put({ held, event, params, request }) {
  const fields = await fieldsOf(request);
  const [base, card] = await Promise.all([frame(held), folded(held.log, params.card)]);
  const guide = base.guides.find(({ id }) => id === params.guide);
  if (!guide || !card) return null;
  const [bodies, errors] = screen.agreementsOf(guide, fields);
  const given = (fields.id ?? []).filter(isUuid7);
  const ids = given.length === guide.steps.length ? given : newIds(guide);
  const again = (wrong, status) => html(screen.guide({ frame: base, guide, card, ids, errors: wrong, values: fields }), { status });
  if (Object.keys(errors).length || ids !== given) return again(errors, 422);
  try {
    const drafts = bodies.map(({ step, body }) => ({ id: ids[step], kind: "agreement.made", body }));
    await writeEntries(held, { event, request }, params.card, drafts);
  } catch (error) {
    console.warn(error);
    return (await fromServer(event)) ?? again({ form: reasonOf(error) }, 507);
  }
  return seeOther(`/cards/${params.card}`);
}

const newIds = (guide) => guide.steps.map(() => newId());

/** The card that an address names; null where it names none, undefined where this phone does not have it. */
const cardOf = async ({ log }, { card }) => (card ? ((await folded(log, card)) ?? undefined) : null);
