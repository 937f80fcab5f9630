/** Entries on this phone: the form of a kind, and writing one. Twin of the entries in blueprints/cards.py. */
import { v7 as newId } from "uuid";

import { withDays } from "../card/consultation.js";
import { isAnonymous } from "../card/anonymous.js";
import { groundAsked, namesAsked } from "../card/doubt.js";
import { isUuid7, parse, Rejected } from "../card/entry.js";
import { readForm } from "../card/form.js";
import { leftHolding } from "../card/leaving.js";
import { withAgreed } from "../card/service_request.js";
import { KINDS } from "../card/vocabulary.js";
import { fromServer, html, isFragment, reasonOf, toCard } from "./answer.js";
import { toShare } from "./consulted.js";
import { folded } from "./folded.js";
import { closing } from "./missed.js";
import { ofCard } from "./of_card.js";
import { audienceOf, replaced } from "./reach.js";
import * as screen from "./screen.js";
import { frame, now } from "./session.js";
import { isAnonymousVisit } from "./visits_screen.js";
import { wordsOf } from "./words.js";
import { fieldsOf, writeEntries } from "./writing.js";

const STATUS = { full: 507, trouble: 500 };
const known = (kind) => Object.hasOwn(KINDS, kind ?? "") && !KINDS[kind].by_server && !KINDS[kind].own_form && kind !== "card.opened";
const writable = (kind, { viewer }) => known(kind) && [undefined, viewer.domain].includes(KINDS[kind].only);

export async function form({ held, params, url, request }) {
  const query = Object.fromEntries(url.searchParams);
  const card = await folded(held.log, params.card);
  const seen = await frame(held);
  if (!card || !writable(query.kind, seen)) return null;
  const facts = { frame: seen, card, kind: query.kind, values: {}, errors: {}, id: newId(), query, fragment: isFragment(request) };
  return html(screen.form(facts));
}

/** What whoever is asked agreed to beforehand goes into the question: by then it counts as late. */
const AGREED = { "service.requested": withAgreed, "consultation.asked": withDays };

export async function write({ held, event, params, request }) {
  const fields = await fieldsOf(request);
  const [kind] = fields.kind ?? [];
  const card = await folded(held.log, params.card);
  const seen = await frame(held);
  if (!card || !writable(kind, seen)) return null;
  const id = isUuid7(fields.id?.[0]) ? fields.id[0] : newId();
  const supersedes = (fields.supersedes ?? []).flatMap((text) => text.split(",")).filter(isUuid7);
  const [read, wrong] = readForm(kind, fields, now());
  const body = AGREED[kind]?.(read, (await held.log.meta("directory"))?.organisations ?? {}) ?? read;
  const audience = audienceOf(card, kind, body, fields.audience?.[0]);
  const draft = { id, kind, body, audience, supersedes: replaced(card, supersedes, audience) };
  const anonymousVisit = isAnonymousVisit(card);
  const [errors, doubtful] = doubts({ kind, body, audience, anonymous: isAnonymous(card) }, fields, wrong);
  if (anonymousVisit) for (const { field } of namesAsked(kind, body, true)) errors[field] = "identifies";
  const named = anonymousVisit ? [] : doubtful;
  if (!Object.keys(errors).length) Object.assign(errors, heldStill(held, card, kind, body));
  if (!Object.keys(errors).length && !named.length) Object.assign(errors, tooMuch(held, params.card, draft));
  const again = async (wrong, status) => {
    const facts = { frame: seen, card, kind, values: fields, errors: wrong, named, supersedes, id, query: {}, fragment: isFragment(request) };
    return html(screen.form(facts), { status });
  };
  if (Object.keys(errors).length || named.length) return again(errors, 422);
  try {
    const outcome = closing(card, kind, wordsOf(seen.lang));
    const shared = toShare(card, kind, body).map((one) => ({ kind: "card.shared", body: one }));
    await writeEntries(held, { event, request }, params.card, [draft, ...(outcome ? [{ kind: "card.closed", body: outcome }] : []), ...shared]);
  } catch (error) {
    // A phone that cannot write hands it straight to the server. Without one the form comes back as it was: nothing that was typed is lost.
    console.warn(error);
    const reason = reasonOf(error);
    return (await fromServer(event)) ?? again({ form: reason }, STATUS[reason]);
  }
  if (!isFragment(request) || KINDS[kind].whole_page) return toCard(request, params.card);
  const changedCard = await folded(held.log, params.card);
  return html(screen.sections({ frame: await ofCard(held, changedCard), card: changedCard, names: KINDS[kind].shows }));
}

/** What is asked once more before it is written: the ground as an error of its field, and what names somebody, unless that was kept on purpose. */
export function doubts({ kind, body, audience, anonymous }, fields, errors) {
  const fine = !Object.keys(errors).length;
  const ground = fine ? groundAsked(kind, body, audience) : null;
  const named = fine && !("keep_names" in fields) ? namesAsked(kind, body, anonymous) : [];
  return [{ ...errors, ...(ground ? { ground } : {}) }, named];
}

/** Asked before the last person of an organisation that holds the card is written down as gone: hand over first, or say why not. */
function heldStill({ me }, card, kind, body) {
  if (kind !== "presence.left" || body.reason) return {};
  return leftHolding(card, body, me.person, me.org) ? { reason: "holding" } : {};
}

/** What the server would refuse is refused here, while its writer still has it under the thumb. */
function tooMuch({ me }, card, { kind, body, audience, supersedes }) {
  const id = "00000000-0000-7000-8000-000000000000";
  const at = `0000000000000-0000-${me.device.slice(0, 8)}`;
  const draft = { id, card, kind, at, by: me.person, org: me.org, device: me.device, audience, supersedes, body };
  const judged = parse(draft);
  return judged instanceof Rejected ? { [judged.field?.replace(/^body\./, "") ?? "form"]: judged.code } : {};
}
