/** Offence report (aangifte): will anybody report the offence; "later" is no decision; twin of card/offence_report.py. */
import { heads } from "./heads.js";

export const DECISIONS = ["yes", "no"];

export const willReport = (log) => [...new Set(heads(log.of("report.decided")).map(({ body }) => body.will))];

export function offenceReport(log) {
  const said = willReport(log);
  return {
    heads: log.items(heads(log.of("report.decided"))),
    decided: said.some((will) => DECISIONS.includes(will)),
    disagreement: said.length > 1,
  };
}
