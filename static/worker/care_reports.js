/** Care reports on this phone: written without a network, sent when there is one. Twin of blueprints/care_reports.py. */
import { v7 as newId } from "uuid";

import { isUuid7 } from "../card/entry.js";
import { fromServer, html, reasonOf, toCard } from "./answer.js";
import * as screen from "./care_report_screen.js";
import { folded, foldedOfType } from "./folded.js";
import { theirs } from "./screen.js";
import { frame } from "./session.js";
import { fieldsOf, writeEntries } from "./writing.js";

export async function list({ held }) {
  return html(screen.careReportList({ frame: await frame(held), cards: await foldedOfType(held.log, "care_report") }));
}

export async function form({ held, url }) {
  const incident = await madeFrom(held, url.searchParams.get("card"));
  if (incident === undefined) return null;
  return html(screen.careReportForm({ frame: await frame(held), card: newId(), incident, values: {}, errors: {} }));
}

export async function send({ held, request, event }) {
  const fields = await fieldsOf(request);
  const incident = await madeFrom(held, fields.incident?.[0]);
  if (incident === undefined) return null;
  const seen = await frame(held);
  const [asked] = fields.card ?? [];
  const card = isUuid7(asked) ? asked : newId();
  const [told, wrong] = screen.readCareReport(seen, fields);
  const again = (errors, status) => html(screen.careReportForm({ frame: seen, card, incident, values: fields, errors }), { status });
  if (Object.keys(wrong).length) return again(wrong, 422);
  try {
    const write = (on, drafts) => writeEntries(held, { event, request }, on, drafts);
    if (!(await held.log.entriesOf(card)).length) await write(card, screen.reportDrafts(told));
    if (incident && !incident.care_reports.some(({ body }) => body.report === card)) {
      const audience = theirs(seen).find((whom) => whom === fields.audience?.[0]) ?? "all";
      await write(incident.id, [{ kind: "care_report.made", body: screen.made(told, card), audience }]);
    }
  } catch (error) {
    console.warn(error);
    return (await fromServer(event)) ?? again({ form: reasonOf(error) }, 507);
  }
  return toCard(request, card);
}

export async function print({ held, params }) {
  const card = await folded(held.log, params.card);
  return card ? html(screen.careReportPrint({ frame: await frame(held), card })) : null;
}

/** The card that a report is made from; null where the address names none, undefined where this phone does not have it. */
async function madeFrom({ log }, id) {
  if (!id) return null;
  return (isUuid7(id) && (await folded(log, id))) || undefined;
}
