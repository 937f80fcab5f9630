/** Consultation: a look or advice that one side asks of the other without an incident; twin of card/consultation.py. */
import { date } from "./clock.js";
import { workingDaysAfter } from "./rhythm.js";

export const ANSWER_DAYS = 5;
export const MOST_DAYS = 60;

export function consultations(log) {
  const answers = log.byLink("asked", "consultation.answered");
  return log.of("consultation.asked").map((asked) => ({
    item: log.item(asked),
    answers: log.items(answers.get(asked.id) ?? []),
    due: asked.body.by || workingDaysAfter(date(asked.at), isDays(asked.body.days) ? asked.body.days : ANSWER_DAYS),
  }));
}

export function withDays(body, pages) {
  const days = pages[body.to]?.answer_days;
  return isDays(days) ? { ...body, days } : { ...body };
}

const isDays = (said) => Number.isInteger(said) && said >= 1 && said <= MOST_DAYS;
