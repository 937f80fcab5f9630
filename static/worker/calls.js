/** Calls: what waits for an answer of whoever looks; pure, twin of blueprints/calls.py. */
const ASKED_WHILE = ["offered", "accepted"];

export function questionsTo(card, org) {
  const offers = card.handovers.filter((offer) => offer.from === org && ASKED_WHILE.includes(offer.state));
  const asked = offers.flatMap(({ questions }) => questions);
  return asked.filter(({ item, answers }) => !answers.length && item.org !== org).map(({ item }) => item);
}

export function safetyFor(card, viewer) {
  if (viewer.domain !== "police" || card.closed) return [];
  return card.safety.filter(({ answers }) => !answers.length).map(({ item }) => item);
}
