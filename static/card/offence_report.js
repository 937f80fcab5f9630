/** Offence report (aangifte): will anybody report the offence; twin of card/offence_report.py. */
import { heads } from "./heads.js";

export function offenceReport(log) {
  return { heads: log.items(heads(log.of("report.decided"))) };
}
