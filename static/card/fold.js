/** Fold: entries in, card out; twin of card/fold.py, byte for byte. */
import { accord } from "./accord.js";
import { action } from "./action.js";
import { agreements } from "./agreement.js";
import { alarms } from "./alarm.js";
import { approach } from "./approach.js";
import { arrests } from "./arrest.js";
import { careReport, careReports } from "./care_report.js";
import { closed, duties } from "./closing.js";
import { consultations } from "./consultation.js";
import { contact } from "./contact.js";
import { feedback } from "./feedback.js";
import { flags } from "./flags.js";
import { Gathered } from "./gathered.js";
import { askedHandovers, handovers } from "./handover.js";
import { late } from "./late.js";
import { membership } from "./membership.js";
import { missing } from "./missing.js";
import { observations } from "./observation.js";
import { offenceReport } from "./offence_report.js";
import { opening } from "./opening.js";
import { picture } from "./picture.js";
import { plan } from "./plan.js";
import { left, present } from "./presence.js";
import { holders } from "./responsibility.js";
import { risk } from "./risk.js";
import { safety } from "./safety.js";
import { requests } from "./service_request.js";
import { timeline } from "./timeline.js";
import { transport } from "./transport.js";
import { urgency } from "./urgency.js";
import { visit } from "./visit.js";

export function fold(entries) {
  const log = new Gathered(entries);
  log.isLate = late(log);
  const members = membership(log.entries);
  return {
    ...opening(log),
    closed: closed(log),
    organisations: members.organisations,
    joined: members.persons,
    holders: holders(log),
    duties: duties(log),
    alarms: alarms(log),
    missing: missing(log),
    urgency: urgency(log),
    present: present(log),
    left: left(log),
    risk: risk(log),
    observations: observations(log),
    approach: approach(log),
    picture: picture(log),
    plan: plan(log),
    accord: accord(log),
    action: action(log),
    agreements: agreements(log),
    consultations: consultations(log),
    care_report: careReport(log),
    care_reports: careReports(log),
    requests: requests(log),
    safety: safety(log),
    report: offenceReport(log),
    arrests: arrests(log),
    transport: transport(log),
    handovers: handovers(log),
    asked_handovers: askedHandovers(log),
    feedback: feedback(log),
    visit: visit(log),
    contact: contact(log),
    flags: flags(log),
    timeline: timeline(log),
  };
}
