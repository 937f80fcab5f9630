/** The frame of the page of a card; of somebody missing with the other cards by which one sees how often that was. */
import { foldedOfType } from "./folded.js";
import { frame } from "./session.js";

export async function ofCard(held, card) {
  const others = card.types.includes("missing") ? await foldedOfType(held.log, "missing") : [];
  return { ...(await frame(held)), missing_cards: others };
}
