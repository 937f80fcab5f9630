/** Waiting: all that depends on time; twin of card/waiting.py. */
import { instantMs, momentMs } from "./clock.js";
import { millis } from "./hlc.js";
import { OVERDUE_STEPS } from "./vocabulary.js";

export function overdue(request, now) {
  const nowMs = typeof now === "string" ? momentMs(now) : Number(now);
  return request.waiting && nowMs >= instantMs(request.due);
}

export function waited(request, nowMs) {
  const until = request.ended ? millis(request.ended) : nowMs;
  const sinceDue = until - instantMs(request.due);
  const past = Math.floor(Math.max(0, sinceDue) / 60_000);
  return {
    minutes_waiting: Math.floor(Math.max(0, until - millis(request.asked)) / 60_000),
    minutes_overdue: past,
    step: sinceDue >= 0 ? OVERDUE_STEPS.filter((after) => past >= after - OVERDUE_STEPS[0]).length : 0,
  };
}
