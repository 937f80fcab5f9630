/** Care report: what one side reports to a report point, and what became of it; twin of card/care_report.py. */
import { heads } from "./heads.js";

export const VITAL = ["whom", "facts", "children", "level", "call_back", "until_day"];
export const STATES = ["none", "sent", "received", "taken_up", "asked", "done"];

export function careReport(log) {
  const sent = log.of("care_report.sent");
  const receivers = new Map(sent.map((entry) => [entry.id, receiver(entry)]));
  const counts = ({ org, body }) => receivers.get(body.report) === org;
  const said = log.of("care_report.received", "care_report.taken_up", "care_report.done").filter(counts);
  const answers = log.byLink("asked", "care_report.answered");
  const asked = log.of("care_report.asked").filter(counts);
  return {
    sent: log.items(heads(sent)),
    answers: log.items(said),
    questions: asked.map((entry) => ({ item: log.item(entry), answers: log.items(answers.get(entry.id) ?? []) })),
    state: stateOf(sent.length > 0, said, asked.some(({ id }) => !answers.has(id))),
  };
}

export const careReports = (log) => log.items(log.of("care_report.made"));

export const receiver = ({ org, body: { to } }) => (typeof to === "string" && to) || org;

export function lacks(body) {
  const needed = body.children === "yes" ? [...VITAL, "children_note"] : VITAL;
  return needed.filter((name) => !(typeof body[name] === "string" && body[name]));
}

function stateOf(isSent, said, waits) {
  const told = said.map(({ kind }) => STATES.indexOf(kind.slice("care_report.".length)));
  if (waits && !told.includes(STATES.indexOf("done"))) return "asked";
  return STATES[Math.max(isSent ? 1 : 0, ...told)];
}
