/** Opening: what the card is about; twin of card/opening.py. */
import { cardTypes } from "./card_type.js";

const ABOUT = ["situation", "place", "about", "lat", "lng"];

export function opening(log) {
  const [first = null] = log.of("card.opened");
  const body = first?.body ?? {};
  const types = cardTypes(log);
  return {
    id: (first ?? log.entries[0])?.card ?? null,
    type: types[0],
    types,
    ...Object.fromEntries(ABOUT.map((name) => [name, body[name] ?? null])),
    opened: first && { entry: first.id, at: first.at, by: first.by, org: first.org },
  };
}
