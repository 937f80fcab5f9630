/** Service request: whom we wait for; twin of card/service_request.py. */
import { areMinutes } from "./entry.js";
import { heads } from "./heads.js";
import { millis } from "./hlc.js";
import { OVERDUE_STEPS } from "./vocabulary.js";

export const ANSWERS = ["service.acknowledged", "service.promised", "service.arrived", "service.declined", "service.cancelled"];
const STRONGEST_FIRST = ["arrived", "declined", "cancelled", "promised", "acknowledged"];
const ENDS = ["arrived", "declined", "cancelled"];

export function requests(log) {
  const answers = log.byLink("request", ...ANSWERS);
  const escalations = log.byLink("request", "service.escalated");
  return following(log.of("service.requested").map((asked) => request(log, asked, answers.get(asked.id) ?? [], escalations.get(asked.id) ?? [])));
}

export const serviceOwner = (service) => (service.startsWith("~") ? "" : service.split("/", 1)[0]);

export function withAgreed(body, pages) {
  const owner = serviceOwner(String(body.service ?? ""));
  const agreed = Object.hasOwn(pages, owner) ? pages[owner]?.agreed : null;
  return areMinutes(agreed) ? { ...body, agreed } : { ...body };
}

export function chains(requests) {
  const rows = [];
  const chainOf = new Map();
  for (const one of requests) {
    let chain = chainOf.get(one.follows);
    if (!chain) rows.push((chain = []));
    chain.push(one);
    chainOf.set(one.item.id, chain);
  }
  return rows;
}

function request(log, asked, answers, escalations) {
  const counting = heads(answers);
  const standing = Object.fromEntries(STRONGEST_FIRST.map((state) => [state, counting.filter((said) => said.kind === `service.${state}`)]));
  const state = STRONGEST_FIRST.find((name) => standing[name].length) ?? "waiting";
  const agreed = areMinutes(asked.body.agreed) ? asked.body.agreed : OVERDUE_STEPS;
  return {
    item: log.item(asked),
    state,
    waiting: !ENDS.includes(state),
    asked: asked.at,
    agreed: [...agreed],
    due: due(asked, standing.promised, agreed[0]),
    answers: log.items(answers),
    heads: counting.map(({ id }) => id),
    escalations: log.items(escalations),
    referred_to: standing.declined.at(-1)?.body.referred_to ?? null,
    follows: asked.body.follows ?? null,
    ended: ENDS.includes(state) ? standing[state][0].at : null,
  };
}

function due(asked, promised, agreed) {
  if (promised.length) return promised.at(-1).body.until;
  return new Date(millis(asked.at) + agreed * 60_000).toISOString();
}

function following(rows) {
  const before = new Set();
  const referring = new Map();
  for (const one of rows) {
    const { id, body } = one.item;
    one.follows = before.has(one.follows) ? one.follows : (referring.get(body.service) ?? null);
    before.add(id);
    if (typeof one.referred_to === "string") referring.set(one.referred_to, id);
  }
  return rows;
}
