/** Missing persons on this phone: reporting one, and who is missing now. Twin of blueprints/missing.py. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { fromServer, html, reasonOf, toCard } from "./answer.js";
import { foldedOfType } from "./folded.js";
import * as screen from "./missing_screen.js";
import { frame } from "./session.js";
import { fieldsOf, writeEntries } from "./writing.js";

export async function list({ held }) {
  return html(screen.missingList({ frame: await frame(held), cards: await foldedOfType(held.log, "missing") }));
}

export async function form({ held }) {
  return html(screen.reportForm({ frame: await frame(held), card: newId(), values: {}, errors: {}, named: [] }));
}

export async function report({ held, request, event }) {
  const fields = await fieldsOf(request);
  const seen = await frame(held);
  const [asked] = fields.card ?? [];
  const card = isUuid7(asked) ? asked : newId();
  const [told, wrong, named] = screen.readReport(seen, fields);
  const again = (errors, status) => html(screen.reportForm({ frame: seen, card, values: fields, errors, named }), { status });
  if (Object.keys(wrong).length || named.length) return again(wrong, 422);
  if (!(await held.log.entriesOf(card)).length) {
    try {
      await writeEntries(held, { event, request }, card, screen.drafts(seen, told));
    } catch (error) {
      console.warn(error);
      return (await fromServer(event)) ?? again({ form: reasonOf(error) }, 507);
    }
  }
  return toCard(request, card);
}
