/** Domiciles: at whose address an offence can be reported, from the book `directory`; pure, twin of blueprints/domiciles.py. */
export function domiciles(frame, card, directory) {
  const pages = directory?.organisations ?? {};
  const told = card.organisations.filter((org) => Object.hasOwn(pages, org)).map((org) => ({ org, address: pages[org].domicile || "" }));
  const isCare = ({ org }) => Number(domain(frame, org) === "care");
  return told.filter(({ address }) => address).sort((a, b) => isCare(b) - isCare(a));
}

export function proposed(frame, told) {
  const care = told.filter(({ org }) => domain(frame, org) === "care");
  const mine = care.find(({ org }) => org === frame.viewer.org) ?? (care.length === 1 ? care[0] : null);
  return mine ? mine.address : null;
}

export function givenAddress(given, told) {
  const offered = [...told.map(({ address }) => address), "true", "false"];
  return {
    chosen: given.find((text) => offered.includes(text)) ?? "",
    typed: given.findLast((text) => text && !offered.includes(text)) ?? "",
  };
}

const domain = (frame, org) => (Object.hasOwn(frame.organisations, org) ? frame.organisations[org].domain : null);
