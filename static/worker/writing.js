/** From a form to entries in the log: who writes, which clock, which id. Only after the disk has them is a form answered. */
import { v7 as newId } from "uuid";

import { KINDS } from "../card/vocabulary.js";
import { changed } from "./folded.js";
import { tellChanged, tellStatus } from "./pages.js";
import { now } from "./session.js";
import { shareSoon, shareWhenBack } from "./sharing.js";

/** The fields of a posted form as {name: [strings]}, as readForm wants them. */
export async function fieldsOf(request) {
  const fields = {};
  for (const [name, value] of await request.formData()) {
    if (typeof value === "string") (fields[name] ??= []).push(value);
  }
  return fields;
}

/**
 * Writes entries of this person, in this order, in one transaction; then pages hear of it and sharing starts. They are on `card`, or on the one that a draft
 * names.
 */
export async function writeEntries({ me, log }, { event, request }, card, drafts) {
  const written = await log.write(me.device, now(), (stamp) =>
    drafts.map(({ id, card: on = card, kind, body, audience, supersedes }) => ({
      id: id ?? newId(),
      card: on,
      kind,
      at: stamp(),
      by: me.person,
      org: me.org,
      device: me.device,
      audience: audience ?? KINDS[kind].audience ?? "all",
      supersedes: supersedes ?? [],
      body,
    })),
  );
  const cards = { [card]: [] };
  for (const entry of written) (cards[entry.card] ??= []).push(entry.kind);
  for (const one of Object.keys(cards)) changed(log, one);
  if (written.length) tellChanged(cards, request.headers.get("X-Page"));
  tellStatus();
  shareSoon(event, written.some(({ kind }) => kind === "alarm.raised") ? "alarm" : "written");
  shareWhenBack(self.registration);
  return written;
}
