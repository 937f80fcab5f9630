/** Time line: every entry, in reading order; twin of card/timeline.py. */

export function timeline(log) {
  return log.items(log.entries);
}
