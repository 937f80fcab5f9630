/** Safety: "can I go there alone?" and the answer without details; of several that stand the strictest counts; twin of card/safety.py. */
import { heads } from "./heads.js";

export const MILDEST_FIRST = ["go", "unknown", "not_alone", "police_join"];

export function safety(log) {
  const answers = log.byLink("question", "safety.answered");
  return log.of("safety.asked").map((asked) => {
    const given = answers.get(asked.id) ?? [];
    const standing = heads(given);
    const said = [...new Set(standing.map(({ body }) => MILDEST_FIRST.indexOf(body.answer)))];
    return {
      item: log.item(asked),
      answers: log.items(given),
      heads: log.items(standing),
      answer: said.length ? MILDEST_FIRST[Math.max(...said)] : null,
      disagreement: said.length > 1,
    };
  });
}
