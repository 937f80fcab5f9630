/** Service request: whom we wait for; twin of card/service_request.py. */
import { heads } from "./heads.js";
import { millis } from "./hlc.js";
import { AGREED_MINUTES } from "./vocabulary.js";

export const ANSWERS = ["service.acknowledged", "service.promised", "service.arrived", "service.declined", "service.cancelled"];
const STRONGEST_FIRST = ["arrived", "declined", "cancelled", "promised", "acknowledged"];
const ENDS = ["arrived", "declined", "cancelled"];

export function requests(log) {
  const answers = log.byLink("request", ...ANSWERS);
  const escalations = log.byLink("request", "service.escalated");
  return log.of("service.requested").map((asked) => request(log, asked, answers.get(asked.id) ?? [], escalations.get(asked.id) ?? []));
}

function request(log, asked, answers, escalations) {
  const counting = heads(answers);
  const standing = Object.fromEntries(STRONGEST_FIRST.map((state) => [state, counting.filter((said) => said.kind === `service.${state}`)]));
  const state = STRONGEST_FIRST.find((name) => standing[name].length) ?? "waiting";
  return {
    item: log.item(asked),
    state,
    waiting: !ENDS.includes(state),
    asked: asked.at,
    due: due(asked, standing.promised),
    answers: log.items(answers),
    escalations: log.items(escalations),
    referred_to: standing.declined.at(-1)?.body.referred_to ?? null,
    ended: ENDS.includes(state) ? standing[state][0].at : null,
  };
}

function due(asked, promised) {
  if (promised.length) return promised.at(-1).body.until;
  return new Date(millis(asked.at) + AGREED_MINUTES * 60_000).toISOString();
}
