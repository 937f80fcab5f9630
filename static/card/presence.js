/** Presence: who is here, and where they stand; twin of card/presence.py. */
import { isUuid7 } from "./entry.js";

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

export function organisationsOf(log) {
  const writers = new Map(log.entries.map((entry) => [entry.by, entry.org]));
  const found = { arrived: new Set(), left: new Set() };
  for (const entry of latest(log)) {
    const { person, organisation } = named(entry);
    const org = organisation || writers.get(person) || (isUuid7(person) ? entry.org : null);
    if (org) found[entry.kind.replace("presence.", "")].add(org);
  }
  return found;
}

function who(entry) {
  const { person, organisation } = named(entry);
  return typeof entry.body.person === "object" ? `${person}\n${organisation ?? ""}` : person;
}

function named(entry) {
  const { person } = entry.body;
  const organisation = typeof entry.body.organisation === "string" ? entry.body.organisation : null;
  return typeof person === "object" ? { person: person.name, organisation: person.organisation || organisation } : { person, organisation };
}
