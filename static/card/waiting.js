/** Waiting: all that depends on time; twin of card/waiting.py. */
import { instantMs, momentMs } from "./clock.js";
import { millis } from "./hlc.js";

export function overdue(request, now) {
  const nowMs = typeof now === "string" ? momentMs(now) : Number(now);
  return request.waiting && nowMs >= instantMs(request.due);
}

export function waited(request, nowMs) {
  const until = request.ended ? millis(request.ended) : nowMs;
  const due = instantMs(request.due);
  const past = Math.floor(Math.max(0, until - due) / 60_000);
  const steps = request.agreed.map((after) => due + 60_000 * (after - request.agreed[0]));
  return {
    minutes_waiting: Math.floor(Math.max(0, until - millis(request.asked)) / 60_000),
    minutes_overdue: past,
    step: steps.filter((moment) => until >= moment).length,
    next_ms: request.waiting ? (steps.find((moment) => moment > until) ?? null) : null,
  };
}
