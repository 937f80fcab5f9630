/** Approach: how to come near somebody; twin of card/approach.py. */

export function approach(log) {
  return log.items(log.of("approach.noted"));
}
