/** Opening: what the card is about; twin of card/opening.py. */

const ABOUT = ["situation", "place", "about", "lat", "lng"];

export function opening(log) {
  const [first = null] = log.of("card.opened");
  const body = first?.body ?? {};
  return {
    id: (first ?? log.entries[0])?.card ?? null,
    type: body.type || "incident",
    ...Object.fromEntries(ABOUT.map((name) => [name, body[name] ?? null])),
    opened: first && { entry: first.id, at: first.at, by: first.by, org: first.org },
  };
}
