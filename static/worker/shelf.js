/**
 * The shelf of this phone: what seldom changes and is at hand in a basement too. Each book has an edition; the server sends the books of which it has
 * another one (twin of blueprints/shelf.py).
 */
export const BOOKS = ["colleagues", "directory", "organisations", "guides", "language", "sharing"];

/** The editions that this phone has, for the question to the server; empty for a book it does not have yet. */
export async function editions(log) {
  const kept = (await log.meta("shelf")) ?? {};
  return Object.fromEntries(BOOKS.map((name) => [name, kept[name] ?? ""]));
}

/** Puts what came on the shelf, in the same transaction as everything else that came. `kept`: the editions until now. */
export function putOnShelf(change, came, kept) {
  const known = Object.entries(came ?? {}).filter(([name]) => BOOKS.includes(name));
  for (const [name, { content }] of known) change.meta(name, content);
  if (known.length) change.meta("shelf", { ...kept, ...Object.fromEntries(known.map(([name, { edition }]) => [name, edition])) });
}
