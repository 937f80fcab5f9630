/**
 * The frame of the page of a card: with the agreements of which some may be about it, where its page says so; of somebody missing with the other cards
 * by which one sees how often that was.
 */
import { sectionsOf } from "../card/card_type.js";
import { agreementsOn, foldedOfType } from "./folded.js";
import { frame } from "./session.js";

export async function ofCard(held, card) {
  const others = card.types.includes("missing") ? await foldedOfType(held.log, "missing") : [];
  const accords = sectionsOf(card).has("accords") ? await agreementsOn(held.log) : [];
  return { ...(await frame(held)), missing_cards: others, accords };
}
