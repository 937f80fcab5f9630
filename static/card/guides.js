/** Guides: which are offered for a situation and for a place, and until when; twin of card/guides.py. */
export function plain(text) {
  const words = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().match(/[a-z0-9]+/g);
  return words ? ` ${words.join(" ")} ` : "";
}

export const isPast = (guide, today) => guide.valid_until < today;

export function offered(guides, org, today) {
  const current = guides.filter((guide) => !isPast(guide, today));
  const replaced = new Set(current.filter(({ owner }) => owner === org).map((guide) => guide.instead_of));
  return current.filter(({ id }) => !replaced.has(id));
}

export function fitting(guides, org, situation, place, today) {
  const here = plain(place);
  const now = offered(guides, org, today);
  const ofPlace = now.filter((guide) => plain(guide.place) && here.includes(plain(guide.place)));
  const replaced = new Set(ofPlace.map((guide) => guide.instead_of));
  const ofSituation = now.filter((guide) => !plain(guide.place) && guide.situations.includes(situation.replaceAll("-", "_")));
  return [...ofPlace, ...ofSituation].filter(({ id }) => !replaced.has(id));
}
