/** Feedback (terugkoppeling): what people say of it afterwards, and what came of it; twin of card/feedback.py. */

export function feedback(log) {
  return log.items(log.of("feedback.given", "feedback.answered", "outcome.told"));
}
