/** Closing: a card closes over duties that were seen, never over unseen ones; twin of card/closing.py. */
import { ringing } from "./alarm.js";
import { offers } from "./handover.js";
import { byText } from "./heads.js";
import { isAcute, riskHeads } from "./risk.js";

const duty = (entry, kind, whom = null) => ({ entry, kind, for: whom });

export function duties(log) {
  const acute = Object.entries(riskHeads(log)).flatMap(([whom, heads]) => heads.filter(isAcute).map((entry) => duty(entry.id, "risk", whom)));
  const unanswered = offers(log).filter((offer) => offer.open).map((offer) => duty(offer.entry.id, "handover"));
  const alarms = ringing(log).map((alarm) => duty(alarm, "alarm"));
  return [...acute, ...unanswered, ...alarms].sort((a, b) => byText(a.entry, b.entry));
}

export function closing(log) {
  const openNow = duties(log).map((open) => open.entry);
  return log.of("card.closed").find((entry) => {
    const named = new Set(override(entry)?.duties);
    return openNow.every((id) => named.has(id));
  }) ?? null;
}

export function closed(log) {
  const entry = closing(log);
  if (entry === null) return null;
  return { entry: entry.id, at: entry.at, by: entry.by, org: entry.org, outcome: entry.body.outcome, override: override(entry) };
}

export function override({ body }) {
  return Array.isArray(body.override?.duties) && !Array.isArray(body.override) ? body.override : null;
}
