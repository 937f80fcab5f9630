/** Access: who may read what; twin of card/access.py. On the phone it is a second lock: the server has not sent what may not be read. */

/** A viewer is {person, org, domain, role, device}. */
export class Viewer {
  constructor(person, org, domain, role, device) {
    Object.assign(this, { person, org, domain, role, device });
  }
}

/** Who watches over privacy is on no card by the organisation: what they must see of one is handed out to them, and written down. */
export function onCard(viewer, members) {
  return (members.organisations.includes(viewer.org) && viewer.role !== "privacy") || members.persons.includes(viewer.person);
}

export function mayRead(viewer, members, entry) {
  if (!onCard(viewer, members)) return false;
  const { audience } = entry;
  return audience === "all" || audience === viewer.domain || (audience === "org" && entry.org === viewer.org) || entry.by === viewer.person;
}

/**
 * On what ground somebody is on a card, for the access log: opened it (or wrote on it before its opening arrived), joined it by code, by the own
 * organisation, or none.
 */
export function groundOf(viewer, members, opener) {
  if (members.persons.includes(viewer.person)) return ["", viewer.person].includes(opener) ? "opened" : "code";
  return onCard(viewer, members) ? "organisation" : "none";
}

/** Hand out and hold a card: who watches over privacy in one of the organisations that took part in it. */
export function mayAccountFor(viewer, organisations) {
  return viewer.role === "privacy" && organisations.includes(viewer.org);
}

/** What an organisation as a whole may read of a card, and so may hand out to the person it is about. */
export function isForOrganisation(org, domain, entry) {
  return entry.audience === "all" || entry.audience === domain || entry.org === org;
}
