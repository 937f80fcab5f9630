/** Safety: "can I go there alone?" and the answer without details; twin of card/safety.py. */

export function safety(log) {
  const answers = log.byLink("question", "safety.answered");
  return log.of("safety.asked").map((asked) => ({ item: log.item(asked), answers: log.items(answers.get(asked.id) ?? []) }));
}
