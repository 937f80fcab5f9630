/** Observation: facts and no diagnosis; twin of card/observation.py. */

export function observations(log) {
  return log.items(log.of("observation.noted"));
}
