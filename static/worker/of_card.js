/**
 * The frame of the page of a card: with the agreements of which some may be about it, where its page says so; of somebody missing with the other cards
 * by which one sees how often that was; and with the care reports that were made from it.
 */
import { sectionsOf } from "../card/card_type.js";
import { agreementsOn, folded, foldedOfType } from "./folded.js";
import { frame } from "./session.js";

export async function ofCard(held, card) {
  const others = card.types.includes("missing") ? await foldedOfType(held.log, "missing") : [];
  const accords = sectionsOf(card).has("accords") ? await agreementsOn(held.log) : [];
  const reports = await Promise.all(card.care_reports.map(({ body }) => folded(held.log, body.report)));
  return { ...(await frame(held)), missing_cards: others, accords, care_reports: reports.filter(Boolean) };
}
