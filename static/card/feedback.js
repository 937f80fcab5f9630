/** Feedback (terugkoppeling): what came of it; twin of card/feedback.py. */

export function feedback(log) {
  return log.items(log.of("feedback.given"));
}
