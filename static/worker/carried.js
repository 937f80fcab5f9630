/** Carried: what a card begins with that is opened from another one. Pure; twin of blueprints/carried.py. */
export function carried(card, org, asked = "") {
  if (!card) return { values: {}, organisations: [] };
  const { body } = card.safety.find(({ item }) => item.id === asked)?.item ?? {};
  return {
    values: { from: card.id, place: body?.where ?? card.place, about: card.about ?? "" },
    organisations: card.organisations.filter((one) => one !== org),
  };
}

export function shares(fields, card, org) {
  const { organisations } = carried(card, org);
  return organisations.filter((one) => (fields.with ?? []).includes(one)).map((organisation) => ({ organisation }));
}
