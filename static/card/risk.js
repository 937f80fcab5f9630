/** Risk, for whom (risico); twin of card/risk.py. */
import { heads } from "./heads.js";
import { LEVELS, RISK_FOR } from "./vocabulary.js";

export function riskHeads(log) {
  const judged = log.of("risk.assessed");
  return Object.fromEntries(RISK_FOR.map((whom) => [whom, heads(judged.filter((entry) => entry.body.for === whom))]));
}

export const isAcute = (entry) => entry.body.acute === true;

export function disagree(standing) {
  return new Set(standing.map((entry) => `${entry.body.level} ${isAcute(entry)}`)).size > 1;
}

export function risk(log) {
  return Object.fromEntries(Object.entries(riskHeads(log)).map(([whom, standing]) => [whom, judgement(log, standing)]));
}

function judgement(log, standing) {
  const levels = standing.map((entry) => LEVELS.indexOf(entry.body.level));
  return {
    level: levels.length ? LEVELS[Math.max(...levels)] : null,
    acute: standing.some(isAcute),
    disagreement: disagree(standing),
    heads: log.items(standing),
  };
}
