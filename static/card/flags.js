/** Flags: what somebody should look at; they say, they decide nothing; twin of card/flags.py. */
import { arrested } from "./arrest.js";
import { closing, override } from "./closing.js";
import { offers } from "./handover.js";
import { willReport } from "./offence_report.js";
import { organisationsOf } from "./presence.js";
import { holders } from "./responsibility.js";
import { disagree, riskHeads } from "./risk.js";
import { transportHeads } from "./transport.js";

export function flags(log) {
  return [...handovers(log), ...disagreements(log), ...leftWhileHolding(log), ...closings(log), ...late(log), ...policeDrove(log), ...arrests(log)];
}

const flag = (name, { entry = null, org = null, about = null } = {}) => ({ flag: name, entry, org, about });

function handovers(log) {
  return offers(log).flatMap((offer) => [
    ...(offer.acceptances.length && offer.withdrawals.length ? [flag("handover_crossed", { entry: offer.entry.id })] : []),
    ...(offer.acceptances.length && offer.declines.length ? [flag("handover_contradicted", { entry: offer.entry.id })] : []),
  ]);
}

function disagreements(log) {
  return Object.entries(riskHeads(log))
    .filter(([, standing]) => disagree(standing))
    .map(([whom]) => flag("risk_disagreement", { about: whom }));
}

function leftWhileHolding(log) {
  if (closing(log) !== null) return [];
  const { arrived, left } = organisationsOf(log);
  return holders(log)
    .filter((org) => left.has(org) && !arrived.has(org))
    .map((org) => flag("left_while_holding", { org }));
}

function closings(log) {
  const last = closing(log);
  if (last === null) return log.of("card.closed").map((entry) => flag("closing_incomplete", { entry: entry.id }));
  return override(last) ? [flag("closed_with_override", { entry: last.id })] : [];
}

const late = (log) => (log.entries.some(log.isLate) ? [flag("late_entries")] : []);

function policeDrove(log) {
  return transportHeads(log)
    .filter((entry) => entry.body.by === "police")
    .map((entry) => flag("transport_by_police", { entry: entry.id }));
}

function arrests(log) {
  const said = willReport(log);
  if (said.includes("yes")) return [];
  return arrested(log).map(({ id }) => flag(said.includes("no") ? "arrest_without_report" : "arrest_undecided", { entry: id }));
}
