/** Urgency of a missing person (urgent of overig); twin of card/urgency.py. */
import { heads } from "./heads.js";

export const MILDEST_FIRST = ["other", "urgent"];

export function urgency(log) {
  const judged = log.of("urgency.judged");
  const standing = new Set(heads(judged));
  const said = new Set([...standing].map(({ body }) => MILDEST_FIRST.indexOf(body.urgency)));
  return {
    level: said.size ? MILDEST_FIRST[Math.max(...said)] : null,
    disagreement: said.size > 1,
    heads: log.items([...standing]),
    before: log.items(judged.filter((entry) => !standing.has(entry))),
  };
}
