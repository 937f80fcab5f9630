/** Arrest (aanhouding): somebody was taken into custody, and perhaps let go again; twin of card/arrest.py. */

export function arrests(log) {
  const ends = new Map([...log.of("arrest.ended")].reverse().map((entry) => [entry.body.arrest, entry]));
  return log.of("arrest.made").map((made) => ({ item: log.item(made), ended: ends.has(made.id) ? log.item(ends.get(made.id)) : null }));
}

export function arrested(log) {
  const ended = new Set(log.of("arrest.ended").map(({ body }) => body.arrest));
  return log.of("arrest.made").filter(({ id }) => !ended.has(id));
}
