/** Presence: who is here, and where they stand; twin of card/presence.py. */

export function latest(log) {
  const last = new Map();
  for (const entry of log.of("presence.arrived", "presence.left")) {
    last.delete(who(entry));
    last.set(who(entry), entry);
  }
  return [...last.values()];
}

export function present(log) {
  return latest(log)
    .filter((entry) => entry.kind === "presence.arrived")
    .map((entry) => ({
      ...named(entry),
      role: entry.body.role ?? null,
      position: entry.body.position ?? null,
      since: entry.at,
      item: log.item(entry),
    }));
}

export function left(log) {
  return latest(log)
    .filter((entry) => entry.kind === "presence.left")
    .map((entry) => ({ ...named(entry), reason: entry.body.reason ?? null, at: entry.at, item: log.item(entry) }));
}

export const organisationOf = (entry) => named(entry).organisation || entry.org;

function who(entry) {
  const { person, organisation } = named(entry);
  return typeof entry.body.person === "object" ? `${person}\n${organisation ?? ""}` : person;
}

function named(entry) {
  const { person } = entry.body;
  const organisation = entry.body.organisation ?? null;
  return typeof person === "object" ? { person: person.name, organisation: person.organisation || organisation } : { person, organisation };
}
