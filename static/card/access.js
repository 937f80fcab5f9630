/** Access: who may read what; twin of card/access.py. On the phone it is a second lock: the server has not sent what may not be read. */

/** A viewer is {person, org, domain, role, device}. */
export class Viewer {
  constructor(person, org, domain, role, device) {
    Object.assign(this, { person, org, domain, role, device });
  }
}

export function onCard(viewer, members) {
  return members.organisations.includes(viewer.org) || members.persons.includes(viewer.person);
}

export function mayRead(viewer, members, entry) {
  if (!onCard(viewer, members)) return false;
  const { audience } = entry;
  return audience === "all" || audience === viewer.domain || (audience === "org" && entry.org === viewer.org) || entry.by === viewer.person;
}
