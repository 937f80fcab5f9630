/** Agreement: who does what, and until when by the clock; twin of card/agreement.py. */

export function agreements(log) {
  const done = new Map([...log.of("agreement.done")].reverse().map((entry) => [entry.body.agreement, entry]));
  return log.of("agreement.made").map((made) => ({
    item: log.item(made),
    done: done.has(made.id) ? log.item(done.get(made.id)) : null,
  }));
}
