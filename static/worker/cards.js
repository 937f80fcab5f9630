/** Cards on this phone: which there are, opening one, and the views of one. Twin of blueprints/cards.py. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { readForm } from "../card/form.js";
import { TYPES } from "../card/vocabulary.js";
import { fromServer, html, reasonOf, seeOther, toCard } from "./answer.js";
import { carried, shares } from "./carried.js";
import { recall, remember } from "./device.js";
import { doubts } from "./entries.js";
import { folded, foldedOfType, ringing } from "./folded.js";
import { seen } from "./notices.js";
import { ofCard } from "./of_card.js";
import * as screen from "./screen.js";
import { frame, now } from "./session.js";
import { shareWithin } from "./sharing.js";
import { fieldsOf, writeEntries } from "./writing.js";

const PATIENCE = 5_000;
const FORMS = Object.fromEntries(Object.values(TYPES).filter(({ begins }) => begins).map(({ situation, begins }) => [situation, begins]));
const HOME = Object.keys(TYPES).filter((type) => TYPES[type].home);

export async function home({ held }) {
  return html(screen.home({ frame: await frame(held), cards: await foldedOfType(held.log, ...HOME) }));
}

export async function alarms({ held }) {
  const cards = await Promise.all((await ringing(held.log)).map((card) => folded(held.log, card)));
  return html(screen.alarms({ frame: await frame(held), cards: cards.filter(Boolean) }));
}

export async function newCard({ held, url }) {
  const { context, situation, type, from, asked } = Object.fromEntries(url.searchParams);
  if (Object.hasOwn(FORMS, situation ?? "")) return seeOther(FORMS[situation]);
  const begun = carried(await begunFrom(held, from), held.me.org, asked);
  const values = { card: newId(), ...begun.values };
  const told = { context, situation, type, values, errors: {}, begun: { ...begun, with: begun.organisations } };
  return html(screen.newCard({ frame: await frame(held), ...told }));
}

/** The card from which this one is opened, as far as its opener may see it. */
const begunFrom = async (held, card) => (isUuid7(card) ? folded(held.log, card) : null);

/** Who opens a card of an incident stands there; who prepares something does not. */
const beginsNow = ({ type = "incident" }) => type === "incident";

/** Opening a card: it is on the screen before the network knows of it. */
export async function open({ held, request, event }) {
  const fields = await fieldsOf(request);
  const before = await begunFrom(held, fields.from?.[0]);
  const [body, wrong] = readForm("card.opened", fields, now());
  const [errors, named] = doubts({ kind: "card.opened", body, audience: "all", anonymous: Boolean(body.anonymous) }, fields, wrong);
  const again = async (wrong, status) => {
    const values = Object.fromEntries(Object.entries(fields).map(([name, [value]]) => [name, value]));
    const { context, situation, type } = values;
    const begun = { ...carried(before, held.me.org), with: fields.with ?? [] };
    return html(screen.newCard({ frame: await frame(held), context, situation, type, values, errors: wrong, begun, named }), { status });
  };
  if (Object.keys(errors).length || named.length) return again(errors, 422);
  const [asked] = fields.card ?? [];
  const card = isUuid7(asked) ? asked : newId();
  if (!(await held.log.entriesOf(card)).length) {
    try {
      await writeEntries(held, { event, request }, card, [
        { kind: "card.opened", body },
        ...(beginsNow(body) ? [{ kind: "presence.arrived", body: { person: held.me.person, position: "in_sight" } }] : []),
        ...shares(fields, before, held.me.org).map((body) => ({ kind: "card.shared", body })),
      ]);
    } catch (error) {
      console.warn(error);
      return (await fromServer(event)) ?? again({ form: reasonOf(error) }, 507);
    }
  }
  return toCard(request, card);
}

/** The card and the frame for a view of it. A card that this phone does not hold yet may have been shared a moment ago: ask, once. */
async function view({ held, params, event }, make) {
  let card = await folded(held.log, params.card);
  if (!card) {
    await shareWithin(event, PATIENCE);
    card = await folded(held.log, params.card);
  }
  return card && html(make({ frame: await ofCard(held, card), card }));
}

export function show(asked) {
  asked.event.waitUntil(Promise.all([openCard(asked.params.card), seen(asked.params.card)]).catch(() => {}));
  return view(asked, screen.card);
}

/** Which card is open: a locked phone can raise an alarm on it. */
async function openCard(card) {
  if ((await recall("card")) !== card) await remember("card", card);
}

export const sections = (asked) =>
  view(asked, (facts) => screen.sections({ ...facts, names: (asked.url.searchParams.get("names") ?? "").split(",").filter(Boolean) }));

export const timeline = (asked) => view(asked, (facts) => screen.timeline({ ...facts, before: asked.url.searchParams.get("before") }));

export const bonnet = (asked) => view(asked, screen.bonnet);

export const people = (asked) => view(asked, screen.people);
